package io.flotilla.broker.partition;

import io.flotilla.log.Log;
import io.flotilla.log.LogException;
import io.flotilla.log.SegmentSummary;
import io.flotilla.metadata.config.CompactionConfig;

/**
 * What of a log could be compacted now.
 *
 * @param endOffset where the last segment ends that could be
 * @param cleanBytes of segments that were compacted before
 * @param dirtyBytes of those that were not
 * @param isOverdue whether one of these is older than {@code max.compaction.lag.ms}
 */
public record CompactionBacklog(long endOffset, long cleanBytes, long dirtyBytes, boolean isOverdue) {
    /** @param forgotten raft index; segments with an entry behind it have to stay as they are */
    static CompactionBacklog of(Log log, CompactionConfig config, long nowMs, long forgotten) throws LogException {
        CompactionBacklog backlog = new CompactionBacklog(log.logStart(), 0, 0, false);
        for (SegmentSummary segment : log.segments()) {
            boolean holdsRecords = segment.nextOffset() > log.logStart();
            if (!holdsRecords) {
                continue;
            }
            boolean dirty = segment.nextOffset() > log.cleanEnd();
            boolean mayGo = segment.sealed() && segment.lastRaftIndex() <= forgotten;
            if (!mayGo || (dirty && isNew(log, segment, config, nowMs))) {
                break;
            }
            backlog = backlog.with(segment, dirty, dirty && isOld(log, segment, config, nowMs));
        }
        return backlog;
    }

    private CompactionBacklog with(SegmentSummary segment, boolean dirty, boolean old) {
        return new CompactionBacklog(
                segment.nextOffset(),
                cleanBytes + (dirty ? 0 : segment.sizeBytes()),
                dirtyBytes + (dirty ? segment.sizeBytes() : 0),
                isOverdue || old);
    }

    private static boolean isNew(Log log, SegmentSummary segment, CompactionConfig config, long nowMs)
            throws LogException {
        return config.minLagMs() > 0 && nowMs - log.appendTimeAt(segment.nextOffset() - 1) < config.minLagMs();
    }

    private static boolean isOld(Log log, SegmentSummary segment, CompactionConfig config, long nowMs)
            throws LogException {
        long first = Math.max(segment.baseOffset(), Math.max(log.cleanEnd(), log.logStart()));
        return config.maxLagMs() < Long.MAX_VALUE && nowMs - log.appendTimeAt(first) > config.maxLagMs();
    }

    /** Share of the bytes that were not compacted yet, 0 to 1. */
    public double dirtyRatio() {
        return dirtyBytes == 0 ? 0 : (double) dirtyBytes / (cleanBytes + dirtyBytes);
    }

    public boolean isDue(CompactionConfig config) {
        return dirtyBytes > 0 && (isOverdue || dirtyRatio() >= config.minDirtyRatio());
    }
}
