package io.flotilla.cli.output;

import java.util.regex.Pattern;

/** Writes values as YAML: block style, strings quoted as in JSON, which YAML reads. */
final class Yaml {
    private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

    private final StringBuilder out = new StringBuilder();

    private Yaml() {}

    /** A document, with a line break at its end. */
    static String of(Value value) {
        Yaml yaml = new Yaml();
        yaml.block(value, 0);
        return yaml.out.toString();
    }

    /** A value that starts where the line stands, and ends its line. */
    private void block(Value value, int depth) {
        if (value instanceof Value.Fields fields && !fields.values().isEmpty()) {
            boolean first = true;
            for (var entry : fields.values().entrySet()) {
                indent(first ? 0 : depth);
                first = false;
                String key = entry.getKey();
                out.append(PLAIN_KEY.matcher(key).matches() ? key : Json.quote(key))
                        .append(':');
                below(entry.getValue(), depth);
            }
        } else if (value instanceof Value.Items items && !items.values().isEmpty()) {
            boolean first = true;
            for (Value item : items.values()) {
                indent(first ? 0 : depth);
                first = false;
                out.append("- ");
                block(item, depth + 1);
            }
        } else {
            out.append(Json.compact(value)).append('\n');
        }
    }

    private void below(Value value, int depth) {
        boolean nested = (value instanceof Value.Fields fields
                        && !fields.values().isEmpty())
                || (value instanceof Value.Items items && !items.values().isEmpty());
        if (nested) {
            out.append('\n');
            indent(depth + 1);
            block(value, depth + 1);
        } else {
            out.append(' ');
            block(value, depth);
        }
    }

    private void indent(int depth) {
        out.append("  ".repeat(depth));
    }
}
