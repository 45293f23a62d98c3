package io.flotilla.log;

import java.nio.file.Path;

/**
 * A log cannot be opened, because what is on disk is less than what was once flushed, or damaged. Nothing was changed.
 * The replica must neither vote nor serve: set its directory aside and rebuild it from its peers.
 */
public final class CorruptLogException extends LogException {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final long position;
    private final String reason;

    /** Of a file that belongs to a log, or to what is kept beside one. */
    public CorruptLogException(Path file, long position, String reason) {
        super("%s cannot be trusted from position %d on: %s; set the directory aside and rebuild this replica"
                .formatted(file, position, reason));
        this.file = file;
        this.position = position;
        this.reason = reason;
    }

    public Path file() {
        return file;
    }

    /** Where in the file the trouble starts, in bytes. */
    public long position() {
        return position;
    }

    public String reason() {
        return reason;
    }
}
