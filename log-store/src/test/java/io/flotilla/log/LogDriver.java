package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.io.FakeDisk;
import io.flotilla.log.io.Fault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Does random things to a log on a {@link FakeDisk}, all decided by a seed, and knows at every moment what may be found on
 * disk if the process or the power goes away just then.
 */
final class LogDriver {
    static final Path DATA = Path.of("/data");
    static final Path DIRECTORY = DATA.resolve("log");
    static final LogConfig CONFIG = new LogConfig(1200, Duration.ofMillis(200), 150, Duration.ofMillis(500));
    private static final LogMetrics METRICS = new LogMetrics(new SimpleMeterRegistry(), new TailCache(0));

    private final RandomGenerator random;
    private final Fault.Plan plan;
    private final boolean allAlike; // batches are of one size, so that new ones lie exactly where truncated ones lay
    private final boolean hides; // what is trimmed, and deletes none of it
    private final List<String> script = new ArrayList<>();
    private final List<ModelFrame> everAppended = new ArrayList<>();
    private FakeDisk disk;
    private @Nullable Log log;
    private LogModel durable = LogModel.EMPTY; // what was flushed
    private List<ModelFrame> pending = List.of(); // what was appended after that
    private List<LogModel> possible = List.of(LogModel.EMPTY);
    private long forcedStored = LogEnd.NOTHING; // of what counts as stored, how much survives a power loss for sure
    private boolean emptied; // whether the log was truncated right back to where it had been trimmed
    private long highWatermark;
    private long appendTimeMs = 1000;
    private long nanos;

    LogDriver(long seed, Fault.Plan plan) throws IOException {
        this.random = new SplittableRandom(seed);
        this.plan = plan;
        this.allAlike = random.nextInt(3) == 0;
        this.hides = random.nextInt(3) == 0;
        this.disk = diskWithData(random);
    }

    /** A disk with a directory for logs. */
    static FakeDisk diskWithData(RandomGenerator random) throws IOException {
        FakeDisk disk = new FakeDisk(random);
        disk.createDirectory(DATA);
        disk.forceDirectory(Path.of("/"));
        return disk;
    }

    /** What opens logs on a disk; its cache has room for a few frames. */
    LogStore store(FakeDisk on) {
        return new LogStore(on, new TailCache(700), METRICS, () -> nanos);
    }

    FakeDisk disk() {
        return disk;
    }

    /** What would be right to find on disk now. */
    List<LogModel> possible() {
        return possible;
    }

    /** The least raft index that must count as stored after a power loss now. */
    long forcedStored() {
        return forcedStored;
    }

    /** Every frame that was ever appended, also those truncated later. */
    List<ModelFrame> everAppended() {
        return everAppended;
    }

    /**
     * Whether all replicas would have the same segments. Not so if the last frames behind the log's start were truncated
     * after the segment before them was trimmed: then there is no segment left that a next frame could join.
     */
    boolean rollsAlike() {
        return !emptied;
    }

    /** What the open log must answer now. */
    LogModel current() {
        return durable.with(pending);
    }

    Log log() {
        return Objects.requireNonNull(log);
    }

    String script() {
        return String.join("; ", script);
    }

    /** Creates the log, the first time, or opens what is there. */
    void open() throws IOException, LogException {
        disk.follow(plan);
        possible = new ArrayList<>();
        for (long stored = Math.min(forcedStored, durable.storedRaftIndex());
                stored <= durable.storedRaftIndex();
                stored++) {
            possible.add(durable.stored(stored));
        }
        log = store(disk).open(DIRECTORY, CONFIG);
        durable = durable.stored(log.storedRaftIndex());
        forcedStored = durable.storedRaftIndex();
        settle();
        log.protectBelow(highWatermark);
    }

    /** Does one thing. */
    void step() throws IOException, LogException {
        nanos += random.nextLong(Duration.ofMillis(400).toNanos());
        int dice = random.nextInt(100);
        if (dice < 36) {
            append(Math.max(log().lastRaftIndex(), durable.storedRaftIndex()) + 1 + random.nextInt(3) / 2);
        } else if (dice < 60) {
            flush();
        } else if (dice < 70) {
            confirm();
        } else if (dice < 75) {
            raiseHighWatermark();
        } else if (dice < 83) {
            truncate();
        } else if (dice < 86) {
            appendOver();
        } else if (dice < 91) {
            trim();
        } else if (dice < 94) {
            closeAndOpen();
        } else if (dice < 97) {
            killAndOpen();
        } else {
            losePowerAndOpen();
        }
    }

    private void append(long raftIndex) throws LogException {
        List<ModelFrame> frames = newFrames(raftIndex);
        script.add("append " + frames);
        boolean leader = random.nextBoolean();
        byte[] bytes = TestFrames.joined(frames.stream()
                .map(frame -> leader ? frame.unassignedBytes() : frame.bytes.clone())
                .toArray(byte[][]::new));
        AppendResult result = log().append(raftIndex, frames.get(0).term, bytes);
        assertThat(result).isEqualTo(new AppendResult(frames.get(0).baseOffset, last(frames).nextOffset));
        pending = joined(pending, frames);
        everAppended.addAll(frames);
    }

    private List<ModelFrame> newFrames(long raftIndex) {
        LogEnd end = current().end();
        int term = Math.max(0, end.term()) + (random.nextInt(5) == 0 ? 1 : 0);
        while (isUsed(raftIndex, term)) {
            term++;
        }
        List<ModelFrame> frames = new ArrayList<>();
        long offset = end.offset();
        int count = 1 + random.nextInt(3) * random.nextInt(2);
        for (int i = 0; i < count; i++) {
            appendTimeMs += random.nextInt(-5, 30);
            byte[] body = new byte[bodyBytes()];
            random.nextBytes(body);
            int records = allAlike ? 1 : 1 + random.nextInt(4);
            long maxTimestampMs = appendTimeMs + random.nextInt(-100, 100);
            frames.add(new ModelFrame(offset, records, raftIndex, term, body, appendTimeMs, maxTimestampMs));
            offset += records;
        }
        return frames;
    }

    private int bodyBytes() {
        if (allAlike) {
            return 80;
        }
        return random.nextInt(8) == 0 ? random.nextInt(900) : random.nextInt(200);
    }

    /** Raft never has two different entries of one index and term. */
    private boolean isUsed(long raftIndex, int term) {
        return everAppended.stream().anyMatch(frame -> frame.raftIndex == raftIndex && frame.term == term);
    }

    private void flush() throws LogException {
        script.add("flush");
        possible = prefixes();
        log().flush();
        flushed();
        settle();
    }

    private void confirm() throws LogException {
        long raftIndex = Math.max(durable.storedRaftIndex(), durable.end().raftIndex() + random.nextInt(2));
        if (!pending.isEmpty()) {
            raftIndex = Math.max(durable.storedRaftIndex(), durable.end().raftIndex());
        }
        script.add("confirm " + raftIndex);
        possible = List.of(durable, durable.stored(raftIndex));
        log().confirmStored(raftIndex);
        durable = durable.stored(raftIndex);
        settle();
    }

    private void raiseHighWatermark() {
        List<ModelFrame> ends = durable.frames();
        if (!ends.isEmpty()) {
            long raftIndex = ends.get(random.nextInt(ends.size())).raftIndex;
            raiseHighWatermark(endOf(raftIndex));
        }
    }

    private void raiseHighWatermark(long offset) {
        highWatermark = Math.max(highWatermark, offset);
        script.add("protect " + highWatermark);
        log().protectBelow(highWatermark);
    }

    private void truncate() throws LogException {
        long raftIndex = truncatable();
        script.add("truncate " + raftIndex);
        possible = List.of(durable, durable.truncatedFrom(raftIndex));
        log().truncateFrom(raftIndex);
        truncated(raftIndex);
    }

    private void appendOver() throws LogException {
        long raftIndex = truncatable();
        script.add("over " + raftIndex);
        possible = List.of(durable, durable.truncatedFrom(raftIndex));
        LogModel before = durable;
        List<ModelFrame> pendingBefore = pending;
        // The new frames must continue what is left.
        durable = before.truncatedFrom(raftIndex);
        pending = keepBefore(pending, raftIndex);
        List<ModelFrame> frames = newFrames(raftIndex);
        durable = before;
        pending = pendingBefore;
        log().append(
                        raftIndex,
                        frames.get(0).term,
                        TestFrames.joined(frames.stream().map(f -> f.bytes).toArray(byte[][]::new)));
        truncated(raftIndex);
        pending = joined(pending, frames);
        everAppended.addAll(frames);
    }

    /** A raft index from which nothing committed would be dropped, perhaps one behind the end. */
    private long truncatable() {
        long raftIndex = randomTruncatable();
        long left = endOf(raftIndex - 1);
        emptied |= left <= durable.logStart() && left > 0;
        return raftIndex;
    }

    private long randomTruncatable() {
        List<Long> indexes = new ArrayList<>();
        for (ModelFrame frame : current().frames()) {
            if (frame.baseOffset >= highWatermark && frame.baseOffset >= durable.logStart()) {
                indexes.add(frame.raftIndex);
            }
        }
        indexes.add(Math.max(current().end().raftIndex() + 1, durable.storedRaftIndex()));
        return indexes.get(random.nextInt(indexes.size()));
    }

    private void truncated(long raftIndex) {
        boolean wasForced = durable.end().raftIndex() >= raftIndex || durable.storedRaftIndex() >= raftIndex;
        durable = durable.truncatedFrom(raftIndex);
        pending = keepBefore(pending, raftIndex);
        forcedStored = wasForced ? durable.storedRaftIndex() : forcedStored;
        settle();
    }

    private void startAt(long offset) throws LogException {
        log().trimTo(offset);
        if (!hides) {
            log().reclaim(random.nextLong(-1, current().end().raftIndex() + 2));
        }
    }

    private void trim() throws LogException {
        LogModel all = current();
        long least = durable.logStart();
        long most = random.nextInt(4) == 0 ? all.end().offset() : Math.max(least, highWatermark);
        long offset = random.nextLong(least, most + 1);
        script.add((hides ? "hide " : "trim ") + offset);
        if (offset > durable.end().offset()) {
            possible = prefixes();
            possible = joined(possible, List.of(all.trimmedTo(offset)));
        } else {
            possible = List.of(durable, durable.trimmedTo(offset));
        }
        boolean changes = offset > durable.logStart();
        if (offset > durable.end().offset()) {
            startAt(offset);
            flushed();
        } else {
            startAt(offset);
        }
        durable = durable.trimmedTo(offset);
        forcedStored = changes ? durable.storedRaftIndex() : forcedStored;
        settle();
        all.frames().stream()
                .filter(frame -> frame.baseOffset < offset)
                .mapToLong(frame -> endOf(frame.raftIndex))
                .max()
                .ifPresent(this::raiseHighWatermark);
    }

    private void closeAndOpen() throws IOException, LogException {
        script.add("close");
        possible = prefixes();
        log().close();
        flushed();
        settle();
        script.add("open");
        open();
    }

    private void killAndOpen() throws IOException, LogException {
        script.add("kill");
        pending = List.of();
        LogModel before = durable;
        open();
        assertThat(durable.storedRaftIndex()).isEqualTo(before.storedRaftIndex());
    }

    private void losePowerAndOpen() throws IOException, LogException {
        script.add("power loss");
        pending = List.of();
        disk = disk.afterPowerLoss(random);
        LogModel before = durable;
        long forcedBefore = forcedStored;
        open();
        assertThat(durable.storedRaftIndex()).isBetween(forcedBefore, before.storedRaftIndex());
    }

    private void flushed() {
        durable = durable.with(pending);
        pending = List.of();
    }

    private void settle() {
        possible = List.of(durable);
    }

    /** What a flush may have got done: any number of the frames that are pending. */
    private List<LogModel> prefixes() {
        List<LogModel> prefixes = new ArrayList<>();
        for (int i = 0; i <= pending.size(); i++) {
            prefixes.add(durable.with(pending.subList(0, i)));
        }
        return prefixes;
    }

    private long endOf(long raftIndex) {
        return current().frames().stream()
                .filter(frame -> frame.raftIndex <= raftIndex)
                .mapToLong(frame -> frame.nextOffset)
                .max()
                .orElse(0);
    }

    private static List<ModelFrame> keepBefore(List<ModelFrame> frames, long raftIndex) {
        return frames.stream().filter(frame -> frame.raftIndex < raftIndex).toList();
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        List<T> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
