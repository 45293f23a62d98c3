package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.io.NioDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything at once on real files: appends, flushes, truncations, trims and reads of two logs that share a cache. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LogConcurrencyTest {
    private static final int APPENDS = 6_000;
    private static final int READERS = 2;
    private static final int MOST_UNFLUSHED_BYTES = 15_000;
    private static final LogConfig CONFIG = new LogConfig(20_000, Duration.ofDays(1), 1_000, Duration.ofMillis(50));

    @TempDir
    private Path directory = Path.of("");

    @Test
    void readersSeeWhatIsCommittedAndNothingElse() throws Exception {
        TailCache cache = new TailCache(30_000);
        LogStore store =
                new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), System::nanoTime);
        List<Replica> replicas = List.of(
                new Replica(store, directory.resolve("one"), 1), new Replica(store, directory.resolve("two"), 2));
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> running = new ArrayList<>();
        for (Replica replica : replicas) {
            running.add(threads.submit(replica.until(replica::appendAll)));
            running.add(threads.submit(replica.until(replica::flushOften)));
            running.add(threads.submit(replica.until(replica::trimNowAndThen)));
            for (int reader = 0; reader < READERS; reader++) {
                long seed = reader;
                running.add(threads.submit(replica.until(() -> replica.read(seed))));
            }
        }

        for (Future<?> each : running) {
            each.get();
        }

        threads.shutdown();
        for (Replica replica : replicas) {
            replica.closeAndReadAllAgain(store);
            System.out.printf("concurrency: %s%n", replica);
            assertThat(replica.truncations).isGreaterThan(50);
            assertThat(replica.trims.get()).isGreaterThan(5);
            assertThat(replica.framesRead.get()).isGreaterThan(10_000);
        }
        assertThat(cache.sizeBytes()).isZero();
    }

    /** A log with the threads that use it. The body of a batch follows from its raft index and term. */
    private static final class Replica {
        private final Path directory;
        private final SplittableRandom random;
        private final Log log;
        private final ReentrantLock raftLock = new ReentrantLock();
        private final AtomicIntegerArray termAt = new AtomicIntegerArray(4 * APPENDS); // what was appended last
        private final AtomicLong highWatermark = new AtomicLong();
        private final AtomicLong framesRead = new AtomicLong();
        private final AtomicLong trims = new AtomicLong();
        private volatile boolean appended;
        private volatile boolean failed;
        private int truncations;
        private int term;

        Replica(LogStore store, Path directory, long seed) throws Exception {
            this.directory = directory;
            this.random = new SplittableRandom(seed);
            this.log = store.open(directory, CONFIG);
        }

        Callable<Void> until(Callable<Void> work) {
            return () -> {
                try {
                    return work.call();
                } catch (Exception | AssertionError e) {
                    failed = true;
                    throw e;
                }
            };
        }

        boolean goesOn() {
            return !appended && !failed;
        }

        Void appendAll() throws LogException {
            for (int i = 0; i < APPENDS && !failed; i++) {
                while (log.unflushedBytes() > MOST_UNFLUSHED_BYTES && !failed) {
                    Thread.onSpinWait();
                }
                raftLock.lock();
                try {
                    if (random.nextInt(60) == 0) {
                        truncate();
                    }
                    append();
                } finally {
                    raftLock.unlock();
                }
            }
            appended = true;
            return null;
        }

        /** Cuts off the last few entries that are not committed. */
        private void truncate() throws LogException {
            long end = log.logEnd();
            long offset = Math.max(highWatermark.get(), end - 1 - random.nextInt(100));
            if (offset < end) {
                log.truncateFrom(indexOf(offset));
                truncations++;
                term++;
            }
        }

        private long indexOf(long offset) throws LogException {
            List<Long> indexes = new ArrayList<>();
            log.read(offset, log.logEnd(), 1).forEachFrame((header, body) -> indexes.add(header.raftIndex()));
            return indexes.get(0);
        }

        private void append() throws LogException {
            long raftIndex = log.lastRaftIndex() + 1 + random.nextInt(2);
            int records = 1 + random.nextInt(3);
            long offset = log.logEnd();
            for (int i = 0; i < records; i++) {
                termAt.set((int) offset + i, term);
            }
            log.append(raftIndex, term, TestFrames.unassigned(records, body(raftIndex, term), raftIndex, raftIndex));
        }

        Void flushOften() throws LogException {
            SplittableRandom own = new SplittableRandom(17);
            while (goesOn()) {
                log.flush();
                if (own.nextInt(3) == 0) {
                    raftLock.lock();
                    try {
                        LogEnd flushed = log.flushedEnd();
                        log.protectBelow(flushed.offset());
                        log.confirmStored(flushed.raftIndex());
                        highWatermark.set(flushed.offset());
                    } finally {
                        raftLock.unlock();
                    }
                }
            }
            return null;
        }

        Void trimNowAndThen() throws LogException {
            while (goesOn()) {
                long start = log.logStart();
                if (highWatermark.get() - start > 1_500) {
                    log.trimTo(start + 700);
                    log.reclaim(Long.MAX_VALUE);
                    trims.incrementAndGet();
                }
                Thread.onSpinWait();
            }
            return null;
        }

        Void read(long seed) throws LogException {
            SplittableRandom own = new SplittableRandom(seed);
            while (goesOn()) {
                long end = highWatermark.get();
                long start = log.logStart();
                if (start >= end) {
                    continue;
                }
                long offset = own.nextLong(start, end);
                try {
                    check(offset, log.read(offset, end, own.nextInt(4_000)), end);
                    assertThat(log.termAt(offset)).isEqualTo(termAt.get((int) offset));
                } catch (OffsetOutOfRangeException e) {
                    assertThat(log.logStart()).isGreaterThan(offset);
                }
            }
            return null;
        }

        private void check(long offset, LogSlice slice, long end) throws LogException {
            assertThat(slice.firstOffset()).isLessThanOrEqualTo(offset);
            assertThat(slice.nextOffset()).isGreaterThan(offset).isLessThanOrEqualTo(end);
            List<BatchHeader> headers = new ArrayList<>();
            slice.forEachFrame((header, body) -> {
                headers.add(header);
                byte[] expected = body(header.raftIndex(), header.term());
                assertThat(body).isEqualTo(ByteBuffer.wrap(expected));
                assertThat(header.term()).isEqualTo(termAt.get((int) header.baseOffset()));
            });
            framesRead.addAndGet(headers.size());
            checkLookups(headers.get(0));
        }

        /** Timestamps are raft indexes here, so every lookup of a batch must lead back to it, unless it was trimmed. */
        private void checkLookups(BatchHeader batch) throws LogException {
            StoredEntry entry = log.readEntry(batch.raftIndex());
            long byTime = log.firstBatchAtOrAfter(batch.maxTimestampMs())
                    .orElseThrow()
                    .offset();
            long byTerm = log.endOffsetOfTerm(batch.term() - 1);
            long byIndex = log.endOffsetOf(batch.raftIndex());
            if (log.logStart() <= batch.baseOffset()) {
                assertThat(entry)
                        .isInstanceOfSatisfying(
                                StoredEntry.Held.class,
                                held -> assertThat(held.frames().firstOffset()).isEqualTo(batch.baseOffset()));
                assertThat(byTime).isEqualTo(batch.baseOffset());
                assertThat(byTerm).isLessThanOrEqualTo(batch.baseOffset());
                assertThat(byIndex).isEqualTo(batch.nextOffset());
            }
        }

        void closeAndReadAllAgain(LogStore store) throws Exception {
            LogEnd end = log.end();
            log.close();
            try (Log reopened = store.open(directory, CONFIG)) {
                assertThat(reopened.end()).isEqualTo(end);
                long at = reopened.logStart();
                while (at < end.offset()) {
                    LogSlice slice = reopened.read(at, end.offset(), 10_000);
                    slice.forEachFrame((header, body) ->
                            assertThat(header.term()).isEqualTo(termAt.get((int) header.baseOffset())));
                    at = slice.nextOffset();
                }
            }
        }

        private static byte[] body(long raftIndex, int term) {
            SplittableRandom random = new SplittableRandom(raftIndex * 1_000_003 + term);
            byte[] body = new byte[random.nextInt(250)];
            random.nextBytes(body);
            return body;
        }

        @Override
        public String toString() {
            return "%d appends, %d truncations, %d trims, %d frames read"
                    .formatted(APPENDS, truncations, trims.get(), framesRead.get());
        }
    }
}
