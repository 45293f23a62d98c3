package io.flotilla.log;

import java.io.IOException;
import java.nio.file.Path;

/** A compaction ended early because the disk refused or it was told to; the log is as good as before. */
public final class CompactionStoppedException extends LogException {
    private static final long serialVersionUID = 1;

    CompactionStoppedException(Path directory, IOException cause) {
        super(
                "compaction of log %s has stopped, nothing is lost, it is tried again later: %s"
                        .formatted(directory, cause),
                cause);
    }

    CompactionStoppedException(Path directory) {
        super("compaction of log %s was told to stop, it goes on later".formatted(directory));
    }
}
