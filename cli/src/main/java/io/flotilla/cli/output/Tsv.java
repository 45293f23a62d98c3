package io.flotilla.cli.output;

import java.util.List;

/** Lines of cells with tabs between, for {@code cut} and {@code awk}. */
final class Tsv {
    private Tsv() {}

    /** A tab, line feed, carriage return or backslash in a cell becomes an escape of two characters. */
    static String line(List<String> cells) {
        return String.join("\t", cells.stream().map(Tsv::escaped).toList());
    }

    private static String escaped(String cell) {
        return cell.replace("\\", "\\\\")
                .replace("\t", "\\t")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }
}
