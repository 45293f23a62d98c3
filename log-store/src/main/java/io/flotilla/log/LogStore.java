package io.flotilla.log;

import io.flotilla.log.io.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/**
 * Opens the logs of a broker, and holds what they share. Used by any thread; one directory must not be opened twice at a
 * time.
 *
 * @param disk where the logs are
 * @param cache shared memory for the newest frames
 * @param nanoClock elapsed time, in nanoseconds
 */
public record LogStore(Disk disk, TailCache cache, LogMetrics metrics, LongSupplier nanoClock) {
    /**
     * Opens the log in {@code directory}, creating it if there is none.
     *
     * @throws CorruptLogException if the log there is less than was once flushed, or damaged
     * @throws IOException if the disk refuses; the log may be opened again later
     */
    public Log open(Path directory, LogConfig config) throws IOException, CorruptLogException {
        return open(directory, config, LogEnd.EMPTY);
    }

    /**
     * As {@link #open(Path, LogConfig)}; a log that is created starts behind {@code origin}, as a replica does that takes
     * over from a snapshot. To hold the same segment files as its peers, it must start where one of their segments does.
     */
    public Log open(Path directory, LogConfig config, LogEnd origin) throws IOException, CorruptLogException {
        boolean isNew = !MarkFile.exists(disk, directory);
        if (isNew) {
            LogRecovery.create(disk, directory, origin);
        }
        LogRecovery.Recovered recovered = LogRecovery.open(disk, directory, config, nanoClock);
        metrics.recovered(recovered.cutBytes());
        return new Log(this, directory, config, recovered.files(), isNew);
    }

    /** The log in {@code directory} as it is on disk, to look at without changing anything. */
    public OfflineLog inspect(Path directory) {
        return new OfflineLog(disk, directory);
    }
}
