package io.flotilla.log;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The first thing that went wrong with a log, if anything did. It stays. Used by any thread. */
final class LogFailure {
    private static final Logger log = LoggerFactory.getLogger(LogFailure.class);

    private final Path directory;
    private final LogMetrics metrics;
    private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

    LogFailure(Path directory, LogMetrics metrics) {
        this.directory = directory;
        this.metrics = metrics;
    }

    /** Records {@code cause}, unless the log has failed before, and says so once. */
    LogFailedException because(Throwable cause) {
        if (first.compareAndSet(null, cause)) {
            metrics.failed();
            log.error("log failed, it takes no more writes: log={}", directory, cause);
        }
        Throwable recorded = first.get();
        return new LogFailedException(directory, recorded == null ? cause : recorded);
    }

    Optional<Throwable> cause() {
        return Optional.ofNullable(first.get());
    }

    void check() throws LogFailedException {
        Throwable cause = first.get();
        if (cause != null) {
            throw new LogFailedException(directory, cause);
        }
    }
}
