package io.flotilla.log;

import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * What this node is known to have flushed and counted as stored: a lower bound, which only a truncation lowers.
 * What lies before {@code end} must be on disk whole; what lies behind may be torn.
 *
 * @param segmentBase of the segment that was active
 * @param end of what was flushed, in that segment
 * @param storedRaftIndex up to which the caller counts entries as stored, with or without frames
 * @param logStart first offset that was not trimmed
 * @param truncatedFrom first raft index cut away, if nothing was appended since; else {@link LogEnd#NOTHING}
 * @param cutRunning files may still hold what a truncation cuts away; it is marked before they are touched, and again
 *     when they are cut
 * @param keptFrom base of the oldest segment that is kept, which may lie before the log's start, see {@link Log#reclaim}
 */
record Mark(
        long segmentBase,
        Boundary end,
        long storedRaftIndex,
        long logStart,
        long truncatedFrom,
        boolean cutRunning,
        long keptFrom) {
    /** Of {@code bases} of segments, the first that is needed; null if none lies before what is kept. */
    @Nullable
    Long oldestNeeded(NavigableSet<Long> bases) {
        return bases.floor(Math.min(keptFrom, segmentBase));
    }

    /** Of a new log that starts behind {@code origin}. */
    static Mark startingAt(LogEnd origin) {
        return new Mark(
                origin.offset(),
                Boundary.startingAt(origin),
                origin.raftIndex(),
                origin.offset(),
                LogEnd.NOTHING,
                false,
                origin.offset());
    }
}
