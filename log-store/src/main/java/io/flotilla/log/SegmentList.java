package io.flotilla.log;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a log, oldest first; the last one is active. Immutable: replaced as a whole when the log changes.
 *
 * @param sealed each ends where the next one starts, and the last where {@code active} starts
 */
record SegmentList(List<Segment> sealed, Segment active) {
    SegmentList {
        sealed = List.copyOf(sealed);
    }

    /** The same segments with a newer state of the active one. */
    SegmentList with(Segment newActive) {
        return new SegmentList(sealed, newActive);
    }

    /** After a roll: the active one is sealed, and {@code newActive} follows. */
    SegmentList rolled(Segment nowSealed, Segment newActive) {
        List<Segment> longer = new ArrayList<>(sealed);
        longer.add(nowSealed);
        return new SegmentList(longer, newActive);
    }

    /**
     * From the first segment whose end satisfies {@code reaches}.
     *
     * @param reaches holds from some segment on
     */
    SegmentList from(Predicate<Boundary> reaches) {
        return new SegmentList(sealed.subList(firstSealedThat(s -> reaches.test(s.end())), sealed.size()), active);
    }

    /** Without the segments behind {@code target}, which becomes {@code newActive}. */
    SegmentList cut(Segment target, Segment newActive) {
        return new SegmentList(sealed.subList(0, firstSealedThat(s -> s.base() >= target.base())), newActive);
    }

    /** With {@code replacement} for the sealed segments from its base to its end; null if those are not all there. */
    @Nullable
    SegmentList exchanged(Segment replacement) {
        int from = firstSealedThat(segment -> segment.base() >= replacement.base());
        int to = firstSealedThat(
                segment -> segment.end().offset() >= replacement.end().offset());
        boolean there = from <= to
                && to < sealed.size()
                && sealed.get(from).base() == replacement.base()
                && sealed.get(to).end().logEnd().equals(replacement.end().logEnd());
        if (!there) {
            return null;
        }
        List<Segment> fewer = new ArrayList<>(sealed.subList(0, from));
        fewer.add(replacement);
        fewer.addAll(sealed.subList(to + 1, sealed.size()));
        return new SegmentList(fewer, active);
    }

    Segment oldest() {
        return sealed.isEmpty() ? active : sealed.get(0);
    }

    /** End of all bytes that can be read from files. */
    Boundary end() {
        return active.end();
    }

    /**
     * The first segment whose end satisfies {@code reaches}, or the active one if none does.
     *
     * @param reaches holds from some segment on
     */
    Segment firstThatEnds(Predicate<Boundary> reaches) {
        int at = firstSealedThat(segment -> reaches.test(segment.end()));
        return at == sealed.size() ? active : sealed.get(at);
    }

    List<Segment> all() {
        List<Segment> all = new ArrayList<>(sealed);
        all.add(active);
        return all;
    }

    List<SegmentSummary> summaries() {
        List<SegmentSummary> summaries = new ArrayList<>();
        for (Segment segment : all()) {
            Boundary end = segment.end();
            summaries.add(new SegmentSummary(
                    segment.base(),
                    end.offset(),
                    end.position(),
                    end.maxTimestampMs(),
                    end.raftIndex(),
                    segment.base() != active.base()));
        }
        return List.copyOf(summaries);
    }

    long sizeBytes() {
        long size = active.end().position();
        for (Segment segment : sealed) {
            size += segment.end().position();
        }
        return size;
    }

    private int firstSealedThat(Predicate<Segment> holds) {
        int low = 0;
        int high = sealed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (holds.test(sealed.get(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
