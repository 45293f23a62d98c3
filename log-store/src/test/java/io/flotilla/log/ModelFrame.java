package io.flotilla.log;

import java.util.Arrays;

/** A frame that a log should hold. */
final class ModelFrame {
    final long baseOffset;
    final long nextOffset;
    final long raftIndex;
    final int term;
    final long appendTimeMs;
    final long maxTimestampMs;
    final byte[] bytes;

    ModelFrame(
            long baseOffset,
            int records,
            long raftIndex,
            int term,
            byte[] body,
            long appendTimeMs,
            long maxTimestampMs) {
        this.baseOffset = baseOffset;
        this.nextOffset = baseOffset + records;
        this.raftIndex = raftIndex;
        this.term = term;
        this.appendTimeMs = appendTimeMs;
        this.maxTimestampMs = maxTimestampMs;
        this.bytes = TestFrames.frame(baseOffset, records, raftIndex, term, body, appendTimeMs, maxTimestampMs);
    }

    /** The same frame before a leader gave it its place. */
    byte[] unassignedBytes() {
        byte[] body = Arrays.copyOfRange(bytes, 72, bytes.length);
        return TestFrames.unassigned((int) (nextOffset - baseOffset), body, appendTimeMs, maxTimestampMs);
    }

    LogEnd end() {
        return new LogEnd(nextOffset, raftIndex, term);
    }

    @Override
    public String toString() {
        return "%d..%d@%d/%d".formatted(baseOffset, nextOffset, raftIndex, term);
    }
}
