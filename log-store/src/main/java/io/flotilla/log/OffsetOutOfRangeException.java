package io.flotilla.log;

import java.nio.file.Path;

/** An offset that the log does not have: trimmed away, or not written yet. */
public final class OffsetOutOfRangeException extends LogException {
    private static final long serialVersionUID = 1;

    private final long offset;
    private final long logStart;
    private final long end;

    OffsetOutOfRangeException(Path directory, long offset, long logStart, long end) {
        super("log %s: offset %d is not in %d to %d; use an offset in that range"
                .formatted(directory, offset, logStart, end));
        this.offset = offset;
        this.logStart = logStart;
        this.end = end;
    }

    public long offset() {
        return offset;
    }

    /** The first offset that can be read. */
    public long logStart() {
        return logStart;
    }

    /** Where the log, or the part of it that the caller may see, ends; exclusive. */
    public long end() {
        return end;
    }
}
