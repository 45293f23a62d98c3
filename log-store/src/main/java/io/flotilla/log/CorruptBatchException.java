package io.flotilla.log;

import java.nio.file.Path;

/**
 * A stored batch is not what was written. The log that found it has failed for good: rebuild this replica from its peers.
 */
public final class CorruptBatchException extends LogException {
    private static final long serialVersionUID = 1;

    CorruptBatchException(Path file, long position, String reason) {
        super("%s is damaged at position %d: %s; rebuild this replica from its peers"
                .formatted(file, position, reason));
    }
}
