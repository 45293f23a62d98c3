package io.flotilla.broker.partition;

import io.flotilla.broker.producer.Producers;
import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.TestFrames;
import io.flotilla.log.io.FakeDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Opens one log on a fake disk, and makes frames for it. */
final class MemoryLog {
    static final int BODY_BYTES = 40;

    private static final Path PARENT = Path.of("/data");
    private static final Path DIRECTORY = PARENT.resolve("log");

    private final SplittableRandom random = new SplittableRandom(1);
    private final FakeDisk disk;

    MemoryLog() {
        this(new FakeDisk(new SplittableRandom(1)));
    }

    private MemoryLog(FakeDisk disk) {
        this.disk = disk;
    }

    /** The same log as it would be found if the process died now. */
    MemoryLog afterKill() {
        return new MemoryLog(disk.afterKill(new SplittableRandom(2)));
    }

    FakeDisk disk() {
        return disk;
    }

    Path firstSegment() {
        return DIRECTORY.resolve("00000000000000000000.log");
    }

    Log open() throws Exception {
        return open(LogEnd.EMPTY);
    }

    /** Opens the log; if there is none, one that starts behind {@code origin}. */
    Log open(LogEnd origin) throws Exception {
        disk.createDirectory(PARENT);
        TailCache cache = new TailCache(0);
        LogStore store = new LogStore(disk, cache, new LogMetrics(new SimpleMeterRegistry(), cache), () -> 0);
        return store.open(DIRECTORY, LogConfig.DEFAULT, origin);
    }

    /** What {@code log} tells of producers, without a file. */
    static Producers producers(Log log) throws LogException {
        return Producers.open(Path.of("/nowhere/producers"), log);
    }

    /** One frame as a leader proposes it. */
    byte[] frame(int records) {
        return frame(records, 1000);
    }

    byte[] frame(int records, long timestampMs) {
        byte[] body = new byte[BODY_BYTES];
        random.nextBytes(body);
        return TestFrames.unassigned(records, body, timestampMs, timestampMs);
    }
}
