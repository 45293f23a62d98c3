package io.flotilla.broker.config;

import java.nio.file.Path;

/**
 * Where a value was written.
 *
 * @param text for people
 */
public record Origin(Kind kind, String text) {
    static final Origin DEFAULT = new Origin(Kind.DEFAULT, "default");
    static final Origin ENVIRONMENT = new Origin(Kind.ENVIRONMENT, "environment");
    static final Origin COMMAND_LINE = new Origin(Kind.COMMAND_LINE, "command line");

    /** The weakest first. */
    public enum Kind {
        DEFAULT,
        FILE,
        ENVIRONMENT,
        COMMAND_LINE
    }

    static Origin file(Path path) {
        return new Origin(Kind.FILE, "file " + path);
    }

    @Override
    public String toString() {
        return text;
    }
}
