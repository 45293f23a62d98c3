package io.flotilla.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A line per item under a line of headers, two spaces between columns. Its first column names the items. */
public final class Table implements Sheet {
    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private final List<Column> columns;

    public Table(Column... columns) {
        this.columns = List.of(columns);
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
        List<Column> shown =
                columns.stream().filter(column -> wide || !column.isWide()).toList();
        List<List<String>> rows = new ArrayList<>();
        rows.add(shown.stream().map(Column::header).toList());
        items.forEach(item -> rows.add(
                shown.stream().map(column -> cell(column.text().apply(item))).toList()));
        return aligned(rows);
    }

    private static String cell(String text) {
        return text.isEmpty() ? NOTHING : text;
    }

    /** Rows of equal length with their columns one below the other. */
    static List<String> aligned(List<List<String>> rows) {
        int[] widths = IntStream.range(0, rows.get(0).size())
                .map(column -> rows.stream()
                        .mapToInt(row -> width(row.get(column)))
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).toList();
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            line.append(i == 0 ? "" : GAP).append(row.get(i)).append(" ".repeat(widths[i] - width(row.get(i))));
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
