package io.flotilla.log;

import io.flotilla.log.io.NioDisk;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * How fast one log appends, flushes and reads on this machine's disk. Run {@link #main} with a directory on the disk to
 * measure; it writes and deletes up to 1 GiB there.
 */
final class LogAppendBenchmark {
    private static final int TOTAL_BYTES = 512 << 20;
    private static final int READ_BYTES = 1 << 20;
    private static final LogConfig CONFIG = LogConfig.DEFAULT.withSegmentBytes(128 << 20);

    private final Path directory;
    private final SplittableRandom random = new SplittableRandom(1);

    private LogAppendBenchmark(Path directory) {
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        Path parent = arguments.length > 0 ? Path.of(arguments[0]) : Path.of(System.getProperty("java.io.tmpdir"));
        for (int round = 1; round <= 2; round++) {
            for (int batchBytes : new int[] {1 << 10, 64 << 10, 256 << 10}) {
                Path directory = Files.createTempDirectory(parent, "log-benchmark");
                try {
                    new LogAppendBenchmark(directory).run(round, batchBytes);
                } finally {
                    deleteAll(directory);
                }
            }
        }
    }

    private void run(int round, int batchBytes) throws Exception {
        int batches = Math.min(20_000, TOTAL_BYTES / batchBytes);
        long bytes = (long) batches * batchBytes;
        System.out.printf(Locale.ROOT, "round %d, %d batches of %d KiB%n", round, batches, batchBytes >> 10);
        TailCache cache = new TailCache(2L * TOTAL_BYTES);
        try (Log log = store(cache).open(directory, CONFIG)) {
            long appendNanos = 0;
            long flushNanos = 0;
            List<Long> flushes = new ArrayList<>(batches);
            for (int i = 0; i < batches; i++) {
                byte[] frame = frame(batchBytes);
                long start = System.nanoTime();
                log.append(i, 1, frame);
                long appended = System.nanoTime();
                log.flush();
                long flushed = System.nanoTime();
                log.confirmStored(i);
                appendNanos += appended - start;
                flushNanos += flushed - appended;
                flushes.add(flushed - appended);
            }
            flushes.sort(null);
            report("append + flush each", bytes, appendNanos + flushNanos);
            System.out.printf(
                    Locale.ROOT,
                    "  append alone       %8.1f us   flush p50 %.2f ms, p99 %.2f ms%n",
                    appendNanos / 1e3 / batches,
                    flushes.get(batches / 2) / 1e6,
                    flushes.get(batches * 99 / 100) / 1e6);
            readAll(log, "read, tail cache", bytes);
        }
        long opening = System.nanoTime();
        try (Log log = store(new TailCache(0)).open(directory, CONFIG)) {
            System.out.printf(Locale.ROOT, "  open               %8.2f ms%n", (System.nanoTime() - opening) / 1e6);
            readAll(log, "read, file (page cache)", bytes);
            readSmall(log, batchBytes);
            appendJoined(log, batchBytes, batches);
        }
    }

    /** Sixteen batches wait for each flush, as under load. */
    private void appendJoined(Log log, int batchBytes, int batches) throws LogException {
        long nanos = 0;
        int joined = 16;
        for (int i = 0; i < batches / joined; i++) {
            byte[][] frames = new byte[joined][];
            for (int k = 0; k < joined; k++) {
                frames[k] = frame(batchBytes);
            }
            long start = System.nanoTime();
            for (byte[] frame : frames) {
                log.append(log.lastRaftIndex() + 1, 1, frame);
            }
            log.flush();
            nanos += System.nanoTime() - start;
        }
        report("append, flush per 16", (long) batches / joined * joined * batchBytes, nanos);
    }

    private static void readAll(Log log, String what, long bytes) throws LogException, IOException {
        ByteArrayOutputStream sink = new ByteArrayOutputStream(READ_BYTES);
        long start = System.nanoTime();
        long at = 0;
        while (at < log.logEnd()) {
            LogSlice slice = log.read(at, log.logEnd(), READ_BYTES);
            sink.reset();
            slice.writeTo(sink);
            at = slice.nextOffset();
        }
        report(what, bytes, System.nanoTime() - start);
    }

    private void readSmall(Log log, int batchBytes) throws LogException {
        int reads = 2_000;
        long start = System.nanoTime();
        for (int i = 0; i < reads; i++) {
            log.read(random.nextLong(log.logEnd()), log.logEnd(), 1);
        }
        System.out.printf(
                Locale.ROOT,
                "  one batch of %d KiB at random from file: %.1f us%n",
                batchBytes >> 10,
                (System.nanoTime() - start) / 1e3 / reads);
    }

    private byte[] frame(int batchBytes) {
        byte[] body = new byte[batchBytes - BatchHeader.HEADER_BYTES];
        random.nextBytes(body);
        return TestFrames.unassigned(1, body, 1000, 1000);
    }

    private static LogStore store(TailCache cache) {
        return new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), System::nanoTime);
    }

    private static void report(String what, long bytes, long nanos) {
        System.out.printf(Locale.ROOT, "  %-24s %8.1f MB/s%n", what, bytes / 1e6 / (nanos / 1e9));
    }

    private static void deleteAll(Path directory) throws IOException {
        NioDisk disk = new NioDisk();
        for (String name : disk.list(directory)) {
            disk.delete(directory.resolve(name));
        }
        disk.delete(directory);
    }
}
