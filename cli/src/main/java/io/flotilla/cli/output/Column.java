package io.flotilla.cli.output;

import java.util.function.Function;

/**
 * One column of a table.
 *
 * @param text for people
 * @param raw for programs: numbers without units, points in time in full
 * @param isWide left out unless the table may be wide
 */
public record Column(
        String header, Function<Value.Fields, String> text, Function<Value.Fields, String> raw, boolean isWide) {
    /** A column that shows what stands at a path of an item. */
    public static Column of(String header, String path) {
        return of(header, item -> item.text(path));
    }

    /** A column that programs see as people do. */
    public static Column of(String header, Function<Value.Fields, String> text) {
        return new Column(header, text, text, false);
    }

    /** A column that shows people what stands at a path in other words. */
    public static Column of(String header, String path, Function<String, String> words) {
        Function<Value.Fields, String> raw = item -> item.text(path);
        return new Column(header, item -> raw.apply(item).isEmpty() ? "" : words.apply(raw.apply(item)), raw, false);
    }

    /** The same column, for wide tables only. */
    public Column wide() {
        return new Column(header, text, raw, true);
    }
}
