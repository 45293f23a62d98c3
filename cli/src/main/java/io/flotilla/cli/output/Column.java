package io.flotilla.cli.output;

import java.util.function.Function;

/**
 * One column of a table.
 *
 * @param isWide left out unless the table may be wide
 */
public record Column(String header, Function<Value.Fields, String> text, boolean isWide) {
    /** A column that shows what stands at a path of an item. */
    public static Column of(String header, String path) {
        return of(header, item -> item.text(path));
    }

    public static Column of(String header, Function<Value.Fields, String> text) {
        return new Column(header, text, false);
    }

    /** The same column, for wide tables only. */
    public Column wide() {
        return new Column(header, text, true);
    }
}
