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
 * @param keepsHidden files before the log's start are still needed, see {@link Log#hideBelow}
 */
record Mark(
        long segmentBase,
        Boundary end,
        long storedRaftIndex,
        long logStart,
        long truncatedFrom,
        boolean cutRunning,
        boolean keepsHidden) {
    /** Of {@code bases} of segments, the first that is needed; null if none lies before the log's start. */
    @Nullable
    Long oldestNeeded(NavigableSet<Long> bases) {
        long start = Math.min(logStart, segmentBase);
        return keepsHidden && !bases.isEmpty() && bases.first() <= start ? bases.first() : bases.floor(start);
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
                false);
    }
}
