package io.flotilla.log;

import java.nio.file.Path;

/**
 * The log has failed for good: it takes no write any more, and its cause is the first thing that went wrong. What was
 * flushed before can still be read. Close it, and open it again or rebuild the replica.
 */
public final class LogFailedException extends LogException {
    private static final long serialVersionUID = 1;

    LogFailedException(Path directory, Throwable cause) {
        super(
                "log %s has failed and takes no more writes: %s; take the replica out of service"
                        .formatted(directory, cause),
                cause);
    }
}
