package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A question about the frames of a segment: which is the first that is {@code wanted}?
 *
 * @param before holds for boundaries from which the answer is still to come, and for none behind it
 * @param wanted holds for the answer; frames before it are passed over
 */
record FrameSearch(Predicate<Boundary> before, Predicate<BatchHeader> wanted) {
    /**
     * An answer.
     *
     * @param place where the frame starts, or the end of the segment
     * @param header of the frame, or null if the segment has none
     */
    record Found(Boundary place, @Nullable BatchHeader header) {}

    /** For the frame that holds {@code offset}. */
    static FrameSearch holding(long offset) {
        return new FrameSearch(place -> place.offset() <= offset, header -> header.nextOffset() > offset);
    }

    /** For the first frame at or after {@code raftIndex}. */
    static FrameSearch fromRaftIndex(long raftIndex) {
        return new FrameSearch(place -> place.raftIndex() < raftIndex, header -> header.raftIndex() >= raftIndex);
    }

    /** For the first frame of a later term. */
    static FrameSearch afterTerm(long term) {
        return new FrameSearch(place -> place.term() <= term, header -> header.term() > term);
    }

    /** For the first frame behind {@code logStart} with a timestamp at or after {@code timestampMs}. */
    static FrameSearch fromTime(long timestampMs, long logStart) {
        return new FrameSearch(
                place -> place.maxTimestampMs() < timestampMs || place.offset() <= logStart,
                header -> header.maxTimestampMs() >= timestampMs && header.nextOffset() > logStart);
    }

    Found in(Disk disk, Segment segment) throws IOException, BadFrameException {
        try {
            return walk(disk, segment);
        } catch (BadFrameException e) {
            if (segment.index().distrust()) {
                return walk(disk, segment);
            }
            throw e;
        }
    }

    private Found walk(Disk disk, Segment segment) throws IOException, BadFrameException {
        Boundary from = segment.index().last(before);
        int limit = segment.end().position();
        try (DiskFile file = OpenFailedException.unless(disk, segment.file())) {
            FrameScanner frames = new FrameScanner(segment.file(), file, from, limit, FrameScanner.Check.HEADERS);
            for (BatchHeader header = frames.nextGood(); header != null; header = frames.nextGood()) {
                if (wanted.test(header)) {
                    return new Found(frames.before(), header);
                }
            }
            return new Found(frames.after(), null);
        }
    }
}
