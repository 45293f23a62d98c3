package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.log.TestRecords.Item;
import io.flotilla.log.io.NioDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
    private static final LogConfig CONFIG = new LogConfig(2000, Duration.ofDays(1), 200, Duration.ofSeconds(1));
    private static final CompactionPace FREE = new CompactionPace() {
        @Override
        public void passed(int bytes) {
            // as fast as it goes
        }

        @Override
        public boolean goesOn() {
            return true;
        }
    };

    @TempDir
    private Path directory;

    private Log log;
    private long nextRaftIndex = 1;

    @BeforeEach
    void open() throws Exception {
        TailCache cache = new TailCache(0);
        LogStore store =
                new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), System::nanoTime);
        log = store.open(directory.resolve("log"), CONFIG);
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    private void append(int key, int value) throws LogException {
        byte[] body = TestRecords.encode(0, List.of(new Item(0, key, value)));
        log.append(nextRaftIndex, 1, TestFrames.unassigned(1, body, 1, 1));
        nextRaftIndex++;
    }

    private CompactionResult compact(long nowMs) throws LogException {
        log.flush();
        return log.compact(
                new TestRecords(), new CompactionRules(log.logEnd(), nextRaftIndex, nowMs, 100, 1 << 16, 2000), FREE);
    }

    private List<Item> read() throws LogException {
        List<Item> items = new ArrayList<>();
        for (long at = log.logStart(); at < log.logEnd(); ) {
            LogSlice slice = log.read(at, log.logEnd(), 500);
            slice.forEachFrame((header, body) -> {
                byte[] bytes = new byte[body.remaining()];
                body.duplicate().get(bytes);
                items.addAll(TestRecords.decode(header.baseOffset(), bytes));
            });
            at = slice.nextOffset();
        }
        return items;
    }

    @Test
    void keepsTheNewestRecordOfEachKeyAtItsOffset() throws Exception {
        for (int i = 0; i < 300; i++) {
            append(1 + i % 3, i % 200);
        }
        CompactionResult result = compact(0);
        assertThat(result.bytesAfter()).isLessThan(result.bytesBefore() / 10);
        assertThat(result.records()).isEqualTo(result.cleanEnd() - 3);
        List<Item> left = read();
        assertThat(left.stream().filter(item -> item.offset() < result.cleanEnd()))
                .hasSize(3);
        assertThat(left.stream().map(Item::offset)).isSorted().doesNotHaveDuplicates();
        assertThat(log.segments()).hasSizeLessThan(4);
    }

    @Test
    void keepsADeletionUntilItsTimeHasCome() throws Exception {
        append(1, 5);
        append(1, -1);
        for (int i = 0; i < 100; i++) {
            append(2, 10);
        }
        compact(1000);
        assertThat(read()).contains(new Item(1, 1, -1)).doesNotContain(new Item(0, 1, 5));
        for (int i = 0; i < 100; i++) {
            append(2, 10);
        }
        compact(1099);
        assertThat(read()).contains(new Item(1, 1, -1));
        for (int i = 0; i < 100; i++) {
            append(2, 10);
        }
        compact(1100);
        assertThat(read()).extracting(Item::key).containsOnly(2);
    }

    @Test
    void leavesWhatOtherReplicasMayStillAskFor() throws Exception {
        for (int i = 0; i < 300; i++) {
            append(1, i % 200);
        }
        log.flush();
        CompactionResult result =
                log.compact(new TestRecords(), new CompactionRules(log.logEnd(), 100, 0, 100, 1 << 16, 2000), FREE);
        assertThat(result.cleanEnd()).isBetween(1L, 100L);
        assertThat(log.readEntry(101)).isInstanceOf(StoredEntry.Held.class);
        assertThat(read().stream().filter(item -> item.offset() >= 100)).hasSize(200);
    }

    @Test
    void isWholeAgainAfterItWasOpenedAgain() throws Exception {
        for (int i = 0; i < 300; i++) {
            append(1 + i % 7, i % 200);
        }
        CompactionResult result = compact(0);
        List<Item> before = read();
        log.close();
        open();
        assertThat(read()).isEqualTo(before);
        assertThat(log.cleanEnd()).isEqualTo(result.cleanEnd());
        assertThat(log.rewrittenEnd()).isEqualTo(result.cleanEnd());
    }

    @Test
    void refusesALogWhoseCompactionMarkIsDamaged() throws Exception {
        for (int i = 0; i < 300; i++) {
            append(1, 7);
        }
        compact(0);
        log.close();
        Path file = directory.resolve("log").resolve(CompactionFile.NAME);
        byte[] bytes = Files.readAllBytes(file);
        bytes[9] ^= 1;
        Files.write(file, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining(CompactionFile.NAME);
        bytes[9] ^= 1;
        Files.write(file, bytes);
        open();
    }

    @Test
    void readersSeeNothingOfIt() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        ExecutorService readers = Executors.newFixedThreadPool(3);
        List<Future<Long>> reading = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            append(1 + i % 5, i % 200);
        }
        log.flush();
        try {
            for (int reader = 0; reader < 3; reader++) {
                SplittableRandom random = new SplittableRandom(reader);
                reading.add(readers.submit((Callable<Long>) () -> {
                    long reads = 0;
                    while (!ended.get() || reads == 0) {
                        long end = log.flushedEnd().offset();
                        long offset = random.nextLong(end);
                        LogSlice slice = log.read(offset, end, 700);
                        assertThat(slice.firstOffset()).isLessThanOrEqualTo(offset);
                        assertThat(log.termAt(offset)).isEqualTo(1);
                        reads++;
                    }
                    return reads;
                }));
            }
            for (int round = 0; round < 60; round++) {
                for (int i = 0; i < 100; i++) {
                    append(1 + i % 5, i % 200);
                }
                log.flush();
                compact(round);
            }
        } finally {
            ended.set(true);
            readers.shutdown();
        }
        for (Future<Long> reads : reading) {
            assertThat(reads.get()).isPositive();
        }
        assertThat(log.failure()).isEmpty();
    }

    @Test
    void aMapTakesNoMoreKeysThanItHasRoomFor() {
        KeyOffsets offsets = new KeyOffsets(24 * 100);
        int noted = 0;
        while (offsets.put(key(noted), noted)) {
            noted++;
        }
        assertThat(noted).isEqualTo(75).isEqualTo(offsets.size());
        assertThat(offsets.put(key(3), 1000)).isTrue();
        assertThat(offsets.newest(key(3))).isEqualTo(1000);
        assertThat(offsets.newest(key(4))).isEqualTo(4);
        assertThat(offsets.newest(key(noted))).isEqualTo(KeyOffsets.UNKNOWN);
    }

    private static ByteBuffer key(int number) {
        return ByteBuffer.allocate(4).putInt(0, number);
    }
}
