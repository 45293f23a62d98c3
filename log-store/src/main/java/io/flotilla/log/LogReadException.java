package io.flotilla.log;

import java.io.IOException;
import java.nio.file.Path;

/** A segment file could not be opened just now, for example because the process has no file descriptor left; try again. */
public final class LogReadException extends LogException {
    private static final long serialVersionUID = 1;

    LogReadException(Path directory, IOException cause) {
        super("log %s could not be read: %s; try again".formatted(directory, cause), cause);
    }
}
