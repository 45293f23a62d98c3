package io.flotilla.broker.partition;

import io.flotilla.log.Log;
import io.flotilla.log.LogException;
import io.flotilla.log.SegmentSummary;
import io.flotilla.metadata.config.TopicConfig;

/**
 * What of a log a topic's settings keep: whole segments from the newest back. A segment is as old as its last batch, by the
 * time at which that was appended: what producers say of their records' times neither keeps a segment nor removes it.
 *
 * @param ms segments that are older go; negative for none
 * @param bytes the oldest go as long as so many bytes are left; negative for none
 */
record Retention(long ms, long bytes) {
    static Retention of(TopicConfig config) {
        return config.cleanupPolicy().deletes()
                ? new Retention(config.retentionMs(), config.retentionBytes())
                : new Retention(-1, -1);
    }

    /**
     * Where {@code log} is to start; its present start if nothing is to go.
     *
     * @param highWatermark nothing from there on goes
     * @param nowMs not ahead of the clocks by which batches were appended
     */
    long startOf(Log log, long highWatermark, long nowMs) throws LogException {
        long size = 0;
        for (SegmentSummary segment : log.segments()) {
            size += segment.nextOffset() > log.logStart() ? segment.sizeBytes() : 0;
        }
        long start = log.logStart();
        for (SegmentSummary segment : log.segments()) {
            boolean holdsRecords = segment.nextOffset() > start;
            if (!holdsRecords) {
                continue;
            }
            if (segment.nextOffset() > highWatermark || !(isTooMuch(segment, size) || isOld(log, segment, nowMs))) {
                break;
            }
            start = segment.nextOffset();
            size -= segment.sizeBytes();
        }
        return start;
    }

    private boolean isTooMuch(SegmentSummary segment, long size) {
        return bytes >= 0 && segment.sealed() && size - segment.sizeBytes() >= bytes;
    }

    private boolean isOld(Log log, SegmentSummary segment, long nowMs) throws LogException {
        return ms >= 0 && nowMs - log.appendTimeAt(segment.nextOffset() - 1) > ms;
    }
}
