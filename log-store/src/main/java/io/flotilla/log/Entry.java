package io.flotilla.log;

import static io.flotilla.log.BatchHeader.UNASSIGNED;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one raft index in memory, checked, with their offsets, and with their place in a segment.
 *
 * <p>An entry lies in one segment, never across two.
 */
final class Entry {
    private final byte[] bytes;
    private final long baseOffset;
    private final int batches;
    private final LogEnd end;
    private final SegmentFill fill;

    private Entry(byte[] bytes, long baseOffset, int batches, LogEnd end, SegmentFill fill) {
        this.bytes = bytes;
        this.baseOffset = baseOffset;
        this.batches = batches;
        this.end = end;
        this.fill = fill;
    }

    /**
     * Takes frames into the log behind {@code last}. Frames that have no offsets yet get them; frames that have them must
     * continue the log. The body of each must match its checksum, whoever sent it.
     *
     * @param frames whole frames; the entry's own from here on
     * @param fill of the newest segment, up to {@code last}
     * @throws InvalidFramesException and then {@code frames} is as it was
     */
    static Entry take(byte[] frames, long raftIndex, int term, LogEnd last, SegmentFill fill, LogConfig config)
            throws InvalidFramesException {
        if (frames.length == 0) {
            throw new InvalidFramesException(raftIndex, 0, "there is no frame");
        }
        if (raftIndex <= last.raftIndex() || term < last.term()) {
            throw new InvalidFramesException(
                    raftIndex,
                    0,
                    "raft index %d of term %d cannot follow raft index %d of term %d"
                            .formatted(raftIndex, term, last.raftIndex(), last.term()));
        }
        boolean assign = frames.length > Frames.BASE_OFFSET + Long.BYTES
                && Frames.longAt(frames, Frames.BASE_OFFSET) == UNASSIGNED;
        long next = last.offset();
        int batches = 0;
        for (int at = 0; at < frames.length; at += BatchHeader.HEADER_BYTES + Frames.bodyBytes(frames, at)) {
            String problem = assign ? problemInNew(frames, at) : problemInPlaced(frames, at, next, raftIndex, term);
            if (problem == null) {
                problem = Frames.problemInBody(frames, at, frames.length);
            }
            if (problem != null) {
                throw new InvalidFramesException(raftIndex, at, problem);
            }
            next += BatchHeader.read(frames, at).recordCount();
            batches++;
        }
        if (assign) {
            assign(frames, last.offset(), raftIndex, term);
        }
        return new Entry(
                frames,
                last.offset(),
                batches,
                new LogEnd(next, raftIndex, term),
                fill.plus(frames.length, last.offset(), Frames.longAt(frames, Frames.APPEND_TIME), config));
    }

    byte[] bytes() {
        return bytes;
    }

    int sizeBytes() {
        return bytes.length;
    }

    long baseOffset() {
        return baseOffset;
    }

    int batches() {
        return batches;
    }

    /** End of the log right after this entry. */
    LogEnd end() {
        return end;
    }

    long raftIndex() {
        return end.raftIndex();
    }

    LogSlice slice() {
        return new LogSlice(baseOffset, end.offset(), List.of(new LogSlice.Part(bytes, 0, bytes.length)));
    }

    /** The first batch with this timestamp or a later one, or null. */
    @Nullable
    TimeAndOffset firstAtOrAfter(long timestampMs) {
        for (int at = 0; at < bytes.length; ) {
            BatchHeader header = BatchHeader.read(bytes, at);
            if (header.maxTimestampMs() >= timestampMs) {
                return new TimeAndOffset(header.maxTimestampMs(), header.baseOffset());
            }
            at += header.frameBytes();
        }
        return null;
    }

    /** The segment this entry lies in, filled up to this entry. */
    SegmentFill fill() {
        return fill;
    }

    private static @Nullable String problemInNew(byte[] frames, int at) {
        String problem = Frames.problemInShape(frames, at, frames.length);
        if (problem != null) {
            return problem;
        }
        return Frames.longAt(frames, at + Frames.BASE_OFFSET) == UNASSIGNED
                ? null
                : "some frames have offsets and some have not";
    }

    private static @Nullable String problemInPlaced(byte[] frames, int at, long next, long raftIndex, int term) {
        String problem = Frames.problemInHeader(frames, at, frames.length);
        if (problem != null) {
            return problem;
        }
        BatchHeader header = BatchHeader.read(frames, at);
        if (header.baseOffset() != next) {
            return "it starts at offset %d, but the log ends at %d: this replica has diverged"
                    .formatted(header.baseOffset(), next);
        }
        if (header.raftIndex() != raftIndex || header.term() != term) {
            return "it says raft index %d of term %d, but was appended as raft index %d of term %d"
                    .formatted(header.raftIndex(), header.term(), raftIndex, term);
        }
        return null;
    }

    private static void assign(byte[] frames, long baseOffset, long raftIndex, int term) {
        long next = baseOffset;
        int at = 0;
        while (at < frames.length) {
            Frames.assign(frames, at, next, raftIndex, term);
            next = Frames.longAt(frames, at + Frames.NEXT_OFFSET);
            at += BatchHeader.HEADER_BYTES + Frames.bodyBytes(frames, at);
        }
    }
}
