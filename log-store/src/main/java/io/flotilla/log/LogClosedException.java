package io.flotilla.log;

import java.nio.file.Path;

/** The log was closed before the call. */
public final class LogClosedException extends LogException {
    private static final long serialVersionUID = 1;

    LogClosedException(Path directory) {
        super("log %s is closed; open it again".formatted(directory));
    }
}
