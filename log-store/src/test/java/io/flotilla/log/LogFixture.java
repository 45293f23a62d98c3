package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.FakeDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** A log on a fake disk, with a model of what it should hold. Segments take five frames of {@link #append}. */
final class LogFixture {
    static final Path DIRECTORY = Path.of("/data/log");
    static final int BODY_BYTES = 128;
    static final int FRAME_BYTES = 72 + BODY_BYTES;
    static final LogConfig CONFIG =
            new LogConfig(5 * FRAME_BYTES, Duration.ofDays(1), 2 * FRAME_BYTES, Duration.ofSeconds(1));

    final SplittableRandom random = new SplittableRandom(1);
    final FakeDisk disk = new FakeDisk(random);
    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final AtomicLong nanos = new AtomicLong();
    final LogStore store;
    LogModel model = LogModel.EMPTY; // what was appended
    Log log;

    /** @param cacheBytes bound of the tail cache; with 0, what is flushed is read from files */
    LogFixture(long cacheBytes) throws IOException, LogException {
        disk.createDirectory(Path.of("/data"));
        disk.forceDirectory(Path.of("/"));
        store = store(disk, cacheBytes, meters, nanos);
        log = store.open(DIRECTORY, CONFIG);
    }

    static LogStore store(Disk disk, long cacheBytes, SimpleMeterRegistry meters, AtomicLong nanos) {
        TailCache cache = new TailCache(cacheBytes);
        return new LogStore(disk, cache, new LogMetrics(meters, cache), nanos::get);
    }

    /** Opens the log that is on another disk, which may be a copy of this one after a crash. */
    static Log open(FakeDisk other) throws IOException, LogException {
        return store(other, 0, new SimpleMeterRegistry(), new AtomicLong()).open(DIRECTORY, CONFIG);
    }

    /** Appends one batch of two records at the next raft index, in the term of the last. */
    ModelFrame append() throws LogException {
        return append(model.end().raftIndex() + 1, Math.max(0, model.end().term()));
    }

    ModelFrame append(long raftIndex, int term) throws LogException {
        long time = 1000 + 10 * raftIndex;
        ModelFrame frame = new ModelFrame(model.end().offset(), 2, raftIndex, term, body(), time, time);
        log.append(raftIndex, term, frame.bytes.clone());
        model = model.with(List.of(frame));
        return frame;
    }

    void appendAndFlush(int batches) throws LogException {
        for (int i = 0; i < batches; i++) {
            append();
            log.flush();
        }
    }

    byte[] body() {
        byte[] body = new byte[BODY_BYTES];
        random.nextBytes(body);
        return body;
    }

    static Path file(String name) {
        return DIRECTORY.resolve(name);
    }

    /** Names of all files with this ending, oldest segment first. */
    List<String> files(String ending) throws IOException {
        return disk.list(DIRECTORY).stream()
                .filter(name -> name.endsWith(ending))
                .sorted()
                .toList();
    }
}
