package io.flotilla.log;

import org.jspecify.annotations.Nullable;

/**
 * A place between two frames of a segment, and what lies before it. Segment ends, index rows and the mark are all
 * boundaries.
 *
 * <p>Each part grows, or stays, from one boundary to the next. So a question about any of them has the same answer: take
 * the last known boundary that is still before what is looked for, and walk the frames from there.
 *
 * @param offset of the frame that follows, now or later
 * @param raftIndex of the last frame before, also across segments; {@link LogEnd#NOTHING} if unknown or none
 * @param term of the last frame before, as {@code raftIndex}
 * @param maxTimestampMs largest among the frames before, in this segment only; {@link #NO_TIMESTAMP} if none
 * @param position in the segment file; a segment is shorter than 2 GiB
 */
record Boundary(long offset, long raftIndex, int term, long maxTimestampMs, int position) {
    static final long NO_TIMESTAMP = Long.MIN_VALUE;

    /** The start of the segment whose first batch follows {@code end}. */
    static Boundary startingAt(LogEnd end) {
        return new Boundary(end.offset(), end.raftIndex(), end.term(), NO_TIMESTAMP, 0);
    }

    LogEnd logEnd() {
        return new LogEnd(offset, raftIndex, term);
    }

    /** Why the frame with this header cannot follow here, or null if it can. */
    @Nullable
    String refusal(BatchHeader next) {
        if (next.baseOffset() != offset) {
            return "a batch at offset %d follows where offset %d is next".formatted(next.baseOffset(), offset);
        }
        if (next.raftIndex() < raftIndex || next.term() < term) {
            return "a batch of raft index %d and term %d follows raft index %d and term %d"
                    .formatted(next.raftIndex(), next.term(), raftIndex, term);
        }
        return null;
    }

    /** The place after the frame with this header, which starts here. */
    Boundary after(BatchHeader next) {
        return new Boundary(
                next.nextOffset(),
                next.raftIndex(),
                next.term(),
                Math.max(maxTimestampMs, next.maxTimestampMs()),
                Math.addExact(position, next.frameBytes()));
    }

    /** Whether the same frames lie before both places, as far as they show it. */
    boolean agreesWith(Boundary other) {
        return position == other.position && logEnd().equals(other.logEnd());
    }
}
