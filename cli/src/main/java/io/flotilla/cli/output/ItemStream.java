package io.flotilla.cli.output;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** The same object as of an {@link Answer}, for more items than fit into memory. Used by one thread. */
public final class ItemStream {
    private final OutputStream out;
    private final boolean isJson;
    private boolean any;

    private ItemStream(OutputStream out, boolean isJson) {
        this.out = out;
        this.isJson = isJson;
    }

    /**
     * Begins the object.
     *
     * @param format {@code JSON} or {@code NDJSON}
     */
    public static ItemStream open(OutputStream out, OutputFormat format, String kind) throws IOException {
        ItemStream stream = new ItemStream(out, format == OutputFormat.JSON);
        if (stream.isJson) {
            stream.write("{\n  \"apiVersion\": %s,\n  \"kind\": %s,\n  \"items\": ["
                    .formatted(Json.quote(Answer.API_VERSION), Json.quote(kind)));
        }
        return stream;
    }

    public void add(Value.Fields item) throws IOException {
        if (isJson) {
            write((any ? ",\n    " : "\n    ") + Json.pretty(item, 2));
        } else {
            write(Json.compact(item) + "\n");
        }
        any = true;
    }

    /** Ends the object; without effect on lines of their own. */
    public void end() throws IOException {
        if (isJson) {
            write((any ? "\n  " : "") + "],\n  \"errors\": []\n}\n");
        }
    }

    /** Ends the object after a failure. */
    public void fail(Value.Fields error) throws IOException {
        if (isJson) {
            write((any ? "\n  " : "") + "],\n  \"errors\": [\n    " + Json.pretty(error, 2) + "\n  ]\n}\n");
        } else {
            write(Json.compact(new Value.Builder().and("error", error).build()) + "\n");
        }
    }

    private void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
