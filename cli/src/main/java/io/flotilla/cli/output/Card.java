package io.flotilla.cli.output;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thing in detail: a line per column, header first, then perhaps a table of its parts. */
public final class Card implements Sheet {
    private final List<Column> columns;
    private final @Nullable String partsField;
    private final Table parts;

    private Card(List<Column> columns, @Nullable String partsField, Table parts) {
        this.columns = columns;
        this.partsField = partsField;
        this.parts = parts;
    }

    public Card(Column... columns) {
        this(List.of(columns), null, new Table());
    }

    /** With a table of the objects in the list {@code field} below. */
    public Card withParts(String field, Table table) {
        return new Card(columns, field, table);
    }

    @Override
    public List<String> cells(Value.Fields item) {
        return columns.stream().map(column -> column.raw().apply(item)).toList();
    }

    @Override
    public String name(Value.Fields item) {
        return columns.get(0).text().apply(item);
    }

    @Override
    public List<String> lines(List<Value.Fields> items, boolean wide) {
        List<String> lines = new ArrayList<>();
        for (Value.Fields item : items) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(Table.aligned(columns.stream()
                    .filter(column -> wide || !column.isWide())
                    .map(column -> List.of(column.header(), column.text().apply(item)))
                    .filter(row -> !row.get(1).isEmpty())
                    .toList()));
            if (partsField != null && !item.objects(partsField).isEmpty()) {
                lines.add("");
                lines.addAll(parts.lines(item.objects(partsField), wide));
            }
        }
        return lines;
    }
}
