package io.flotilla.cli.output;

import java.util.Locale;

/** The form of an answer. */
public enum OutputFormat {
    /** For people. */
    TABLE,
    /** For people with a wide terminal. */
    WIDE,
    /** One object. */
    JSON,
    /** The same object. */
    YAML,
    /** An object per item and line. */
    NDJSON,
    /** All columns of the wide table, a line per item, without headers; tabs between. */
    TSV,
    /** Only what an item is called, a line each. */
    NAME;

    /** As people write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Read by programs. */
    public boolean isMachine() {
        return this == JSON || this == YAML || this == NDJSON;
    }
}
