package io.flotilla.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Compares every answer of a log with the model's. Plain comparisons: it runs for each of many thousand crashes. */
final class LogCheck {
    private final LogModel model;
    private final List<ModelFrame> readable;
    private final Log log;
    private final RandomGenerator random;

    private LogCheck(LogModel model, Log log, RandomGenerator random) {
        this.model = model;
        this.readable = model.readable();
        this.log = log;
        this.random = random;
    }

    static void answersLike(LogModel model, Log log, RandomGenerator random) throws LogException {
        LogCheck check = new LogCheck(model, log, random);
        same("end", model.end(), log.end());
        same("log start", model.logStart(), log.logStart());
        check.bytes();
        check.frames();
        check.entries();
        check.terms();
        check.times();
    }

    /** Reads all, in slices of random size. */
    private void bytes() throws LogException {
        List<byte[]> read = new ArrayList<>();
        long at = model.logStart();
        while (at < model.end().offset()) {
            LogSlice slice = log.read(at, model.end().offset(), 1 + random.nextInt(600));
            read.add(slice.bytes());
            same("progress", true, slice.nextOffset() > at);
            at = slice.nextOffset();
        }
        sameBytes(
                "all",
                TestFrames.joined(readable.stream().map(frame -> frame.bytes).toArray(byte[][]::new)),
                TestFrames.joined(read.toArray(byte[][]::new)));
        same(
                "slice at the end",
                true,
                log.read(model.end().offset(), model.end().offset(), 100).isEmpty());
    }

    /** Reads each frame alone, by an offset inside it. */
    private void frames() throws LogException {
        for (ModelFrame frame : readable) {
            long inside = Math.max(model.logStart(), random.nextLong(frame.baseOffset, frame.nextOffset));
            LogSlice one = log.read(inside, model.end().offset(), 1);
            sameBytes("frame at " + inside, frame.bytes, one.bytes());
            same("first offset", frame.baseOffset, one.firstOffset());
            same("next offset", frame.nextOffset, one.nextOffset());
            same("term at " + inside, frame.term, log.termAt(inside));
        }
    }

    private void entries() throws LogException {
        int from = 0;
        while (from < readable.size()) {
            ModelFrame first = readable.get(from);
            int to = from;
            while (to < readable.size() && readable.get(to).raftIndex == first.raftIndex) {
                to++;
            }
            same("end of " + first.raftIndex, readable.get(to - 1).nextOffset, log.endOffsetOf(first.raftIndex));
            same("term of " + first.raftIndex, OptionalInt.of(first.term), log.termOf(first.raftIndex));
            if (from > 0 || !startsWithin(first)) {
                byte[] whole = TestFrames.joined(readable.subList(from, to).stream()
                        .map(frame -> frame.bytes)
                        .toArray(byte[][]::new));
                StoredEntry entry = log.readEntry(first.raftIndex);
                same("entry " + first.raftIndex + " is held", true, entry instanceof StoredEntry.Held);
                sameBytes(
                        "entry " + first.raftIndex,
                        whole,
                        ((StoredEntry.Held) entry).frames().bytes());
            }
            if (from > 0 && readable.get(from - 1).raftIndex < first.raftIndex - 1) {
                same("no entry", new StoredEntry.Absent(), log.readEntry(first.raftIndex - 1));
                same("no term", OptionalInt.empty(), log.termOf(first.raftIndex - 1));
            }
            from = to;
        }
        same(
                "entry behind the end",
                new StoredEntry.Absent(),
                log.readEntry(model.end().raftIndex() + 1));
    }

    /** Whether some frames of the same entry lie before the log's start. */
    private boolean startsWithin(ModelFrame first) {
        int trimmed = model.frames().size() - readable.size();
        return trimmed > 0 && model.frames().get(trimmed - 1).raftIndex == first.raftIndex;
    }

    private void terms() throws LogException {
        for (int term = 0; term <= model.end().term() + 1; term++) {
            long expected = model.end().offset();
            for (int i = model.frames().size() - 1; i >= 0; i--) {
                ModelFrame frame = model.frames().get(i);
                expected = frame.term > term ? frame.baseOffset : expected;
            }
            if (expected > model.logStart()) {
                same("end of term " + term, expected, log.endOffsetOfTerm(term));
            }
        }
    }

    private void times() throws LogException {
        for (ModelFrame frame : readable) {
            long time = frame.maxTimestampMs + random.nextInt(2);
            Optional<TimeAndOffset> expected = Optional.empty();
            for (ModelFrame other : readable) {
                if (other.maxTimestampMs >= time) {
                    expected = Optional.of(new TimeAndOffset(other.maxTimestampMs, other.baseOffset));
                    break;
                }
            }
            same("first at time " + time, expected, log.firstBatchAtOrAfter(time));
        }
    }

    static void same(String what, @Nullable Object expected, @Nullable Object actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("%s: expected %s but was %s".formatted(what, expected, actual));
        }
    }

    private static void sameBytes(String what, byte[] expected, byte[] actual) {
        int differs = Arrays.mismatch(expected, actual);
        if (differs >= 0) {
            throw new AssertionError("%s: %d bytes expected, %d found, different from byte %d on"
                    .formatted(what, expected.length, actual.length, differs));
        }
    }
}
