package io.flotilla.cli.output;

import java.util.Iterator;

/** Writes values as JSON (RFC 8259), in ASCII but for letters. */
public final class Json {
    private static final String INDENT = "  ";

    private final StringBuilder out = new StringBuilder();
    private final boolean pretty;

    private Json(boolean pretty) {
        this.pretty = pretty;
    }

    /** On one line. */
    public static String compact(Value value) {
        Json json = new Json(false);
        json.write(value, 0);
        return json.out.toString();
    }

    /** On as many lines as there are values. */
    public static String pretty(Value value) {
        return pretty(value, 0);
    }

    /** As {@link #pretty(Value)}, for a value that stands inside others. */
    static String pretty(Value value, int depth) {
        Json json = new Json(true);
        json.write(value, depth);
        return json.out.toString();
    }

    /** A string with its quotes. */
    static String quote(String text) {
        Json json = new Json(false);
        json.string(text);
        return json.out.toString();
    }

    private void write(Value value, int depth) {
        if (value instanceof Value.Text text) {
            string(text.text());
        } else if (value instanceof Value.Whole whole) {
            out.append(whole.number());
        } else if (value instanceof Value.Flag flag) {
            out.append(flag.flag());
        } else if (value instanceof Value.Items items) {
            list(items, depth);
        } else if (value instanceof Value.Fields fields) {
            object(fields, depth);
        }
    }

    private void list(Value.Items items, int depth) {
        if (items.values().isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (Iterator<Value> values = items.values().iterator(); values.hasNext(); ) {
            newLine(depth + 1);
            write(values.next(), depth + 1);
            separate(values.hasNext(), depth);
        }
        out.append(']');
    }

    private void object(Value.Fields fields, int depth) {
        if (fields.values().isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        for (var entries = fields.values().entrySet().iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            newLine(depth + 1);
            string(entry.getKey());
            out.append(pretty ? ": " : ":");
            write(entry.getValue(), depth + 1);
            separate(entries.hasNext(), depth);
        }
        out.append('}');
    }

    private void separate(boolean more, int depth) {
        if (more) {
            out.append(',');
        } else {
            newLine(depth);
        }
    }

    private void newLine(int depth) {
        if (pretty) {
            out.append('\n').append(INDENT.repeat(depth));
        }
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            character(text.charAt(i));
        }
        out.append('"');
    }

    private void character(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> {
                // besides controls: line separators, which end a line of ndjson for some readers
                if (c < 0x20 || c == 0x7F || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
                    out.append("\\u%04x".formatted((int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
