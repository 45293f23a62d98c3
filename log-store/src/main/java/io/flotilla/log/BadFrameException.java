package io.flotilla.log;

import java.nio.file.Path;

/**
 * Bytes that should be a frame are not. What that means depends on who reads them: a torn tail, a reader overtaken by a
 * truncation, or damage.
 */
final class BadFrameException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Path file;
    private final long position;
    private final String reason;

    BadFrameException(Path file, long position, String reason) {
        super("%s at position %d: %s".formatted(file, position, reason));
        this.file = file;
        this.position = position;
        this.reason = reason;
    }

    CorruptBatchException asCorruptBatch() {
        return new CorruptBatchException(file, position, reason);
    }
}
