package io.flotilla.log;

import io.flotilla.log.TestRecords.Item;
import io.flotilla.log.io.DiskCall;
import io.flotilla.log.io.FakeDisk;
import io.flotilla.log.io.Fault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A script of appends, trims and compactions, decided by a seed, with a crash before every call that changes the disk. What
 * is found must be whole: every record that is the newest of its key, each at its offset and in order, and none that never
 * was or that had gone before.
 */
final class CompactionSimulation {
    private static final LogConfig CONFIG = new LogConfig(400, Duration.ofDays(1), 100, Duration.ZERO);
    private static final long DELETE_RETENTION_MS = 50;
    private static final int STEPS = 40;
    private static final int ROUNDS_OF_CRASHES = 2;
    private final SplittableRandom random;
    private final long seed;
    private final int keys;
    private final List<Item> appended = new ArrayList<>();
    private final StringBuilder script = new StringBuilder();
    private FakeDisk disk;
    private Log log;
    private long flushedEnd;
    private long logStart;
    private long mayStartAt; // while a trim is under way
    private long highestDeletionsEnd;
    private long nowMs = 1000;
    private long raftIndex;
    private long cases;
    private long recordsGone;

    CompactionSimulation(long seed) throws IOException, LogException {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.keys = 1 + random.nextInt(12);
        this.disk = LogDriver.diskWithData(random);
        this.log = store(disk).open(LogDriver.DIRECTORY, CONFIG);
        disk.follow(this::before);
    }

    private static LogStore store(FakeDisk on) {
        TailCache cache = new TailCache(300);
        return new LogStore(on, cache, new LogMetrics(new SimpleMeterRegistry(), cache), System::nanoTime);
    }

    long cases() {
        return cases;
    }

    long recordsGone() {
        return recordsGone;
    }

    String script() {
        return script.toString();
    }

    void run() throws IOException, LogException {
        for (int step = 0; step < STEPS; step++) {
            int dice = random.nextInt(10);
            if (dice < 6) {
                append();
            } else if (dice < 9) {
                compact();
            } else if (random.nextBoolean()) {
                trim();
            } else {
                script.append("reopen; ");
                log.close();
                log = store(disk).open(LogDriver.DIRECTORY, CONFIG);
            }
            check(log, true);
        }
        log.close();
    }

    private void append() throws LogException {
        int batches = 1 + random.nextInt(6);
        long base = appended.isEmpty() ? 0 : appended.get(appended.size() - 1).offset() + 1;
        script.append("append ").append(batches).append(" at ").append(base).append("; ");
        for (int i = 0; i < batches; i++) {
            List<Item> items = new ArrayList<>();
            int records = 1 + random.nextInt(5);
            for (int record = 0; record < records; record++) {
                int value = random.nextInt(4) == 0 ? -1 : random.nextInt(40);
                items.add(new Item(base + record, random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(keys), value));
            }
            raftIndex += 1 + random.nextInt(2);
            nowMs += random.nextInt(20);
            log.append(raftIndex, 1, TestFrames.unassigned(records, TestRecords.encode(base, items), nowMs, nowMs));
            appended.addAll(items);
            base += records;
        }
        log.flush();
        log.confirmStored(raftIndex);
        flushedEnd = base;
        log.protectBelow(base);
    }

    private void trim() throws LogException {
        mayStartAt = random.nextLong(logStart, flushedEnd + 1);
        script.append("trim ").append(mayStartAt).append("; ");
        log.trimTo(mayStartAt);
        logStart = mayStartAt;
        log.reclaim(raftIndex);
    }

    private void compact() throws LogException {
        long most = random.nextInt(3) == 0 ? random.nextLong(0, raftIndex + 1) : raftIndex;
        nowMs += random.nextInt(40);
        int mapBytes = random.nextBoolean() ? 1 : 4096; // 3 keys or all
        script.append("compact to entry ")
                .append(most)
                .append(" with ")
                .append(mapBytes)
                .append("; ");
        highestDeletionsEnd = Math.max(highestDeletionsEnd, markOf(disk).deletionsEnd(nowMs, DELETE_RETENTION_MS));
        int[] left = {random.nextInt(3) == 0 ? random.nextInt(30) : Integer.MAX_VALUE};
        CompactionPace pace = new CompactionPace() {
            @Override
            public void passed(int bytes) {
                left[0]--;
            }

            @Override
            public boolean goesOn() {
                return left[0] > 0;
            }
        };
        try {
            CompactionResult result = log.compact(
                    new TestRecords(),
                    new CompactionRules(flushedEnd, most, nowMs, DELETE_RETENTION_MS, mapBytes, 600),
                    pace);
            recordsGone += result.records();
            LogCheck.same("clean end", result.cleanEnd(), log.cleanEnd());
            checkClean();
        } catch (CompactionStoppedException e) {
            script.append("(stopped); ");
        }
    }

    private static CompactionMark markOf(FakeDisk disk) {
        try {
            return CompactionFile.read(disk, LogDriver.DIRECTORY);
        } catch (IOException | CorruptLogException e) {
            throw new AssertionError(e);
        }
    }

    /** Below the clean end every key is there once at most. */
    private void checkClean() throws LogException {
        Map<Integer, Long> seen = new HashMap<>();
        for (Item item : read(log)) {
            if (item.offset() < log.cleanEnd() && item.key() != 0) {
                LogCheck.same("earlier record of key " + item.key(), null, seen.put(item.key(), item.offset()));
            }
        }
    }

    private Fault before(DiskCall call) {
        for (int round = 0; call.kind().isChange() && round < ROUNDS_OF_CRASHES; round++) {
            SplittableRandom crash = new SplittableRandom((seed * 31 + call.number()) * 31 + round);
            FakeDisk left = round == 0 ? disk.afterKill(crash) : disk.afterPowerLoss(crash);
            cases++;
            try (Log found = store(left).open(LogDriver.DIRECTORY, CONFIG)) {
                check(found, false);
                OfflineLog offline = store(left).inspect(LogDriver.DIRECTORY);
                LogCheck.same(
                        "problem",
                        true,
                        offline.verify()
                                .problem()
                                .filter(p -> !p.isRepairable())
                                .isEmpty());
            } catch (IOException | LogException | AssertionError e) {
                throw new AssertionError("crash before %s: %s".formatted(call, e.getMessage()), e);
            }
        }
        return Fault.NONE;
    }

    /** @param undisturbed whether nothing may have been lost that is not flushed */
    private void check(Log found, boolean undisturbed) throws LogException {
        long start = found.logStart();
        LogCheck.same("start", true, start == logStart || start == mayStartAt);
        LogCheck.same("end", true, found.logEnd() >= flushedEnd && (!undisturbed || found.logEnd() == flushedEnd));
        Map<Integer, Long> newest = new HashMap<>();
        for (Item item : appended) {
            if (item.offset() < found.logEnd()) {
                newest.put(item.key(), item.offset());
            }
        }
        Map<Long, Item> present = new HashMap<>();
        long previous = -1;
        for (Item item : read(found)) {
            LogCheck.same("order at " + item.offset(), true, item.offset() > previous);
            previous = item.offset();
            LogCheck.same("record", itemAt(item.offset()), item);
            present.put(item.offset(), item);
        }
        for (Item item : appended) {
            boolean isNewest = item.key() == 0 || newest.getOrDefault(item.key(), -1L) == item.offset();
            boolean mayBeGone = item.value() < 0 && item.key() != 0 && item.offset() < highestDeletionsEnd;
            if (item.offset() >= start && item.offset() < found.logEnd() && isNewest && !mayBeGone) {
                LogCheck.same("newest of key " + item.key(), item, present.get(item.offset()));
            }
            boolean isDeleted = mayBeGone && isNewest && !present.containsKey(item.offset());
            if (isDeleted) {
                LogCheck.same(
                        "records of the deleted key " + item.key(),
                        true,
                        present.values().stream().noneMatch(other -> other.key() == item.key()));
            }
        }
    }

    private Item itemAt(long offset) {
        return appended.get((int) offset);
    }

    /** All records from the log's start on, in slices of random size and each at its offset alone. */
    private List<Item> read(Log from) throws LogException {
        List<Item> items = new ArrayList<>();
        long at = from.logStart();
        while (at < from.logEnd()) {
            long reached = at;
            LogSlice slice = from.read(at, from.logEnd(), 1 + random.split().nextInt(300));
            slice.forEachFrame((header, body) -> {
                byte[] bytes = new byte[body.remaining()];
                body.duplicate().get(bytes);
                TestRecords.decode(header.baseOffset(), bytes).stream()
                        .filter(item -> item.offset() >= reached)
                        .forEach(items::add);
            });
            LogCheck.same("progress", true, slice.nextOffset() > at);
            at = slice.nextOffset();
        }
        return items;
    }
}
