package io.flotilla.log;

/**
 * What retention and compaction need to know of a segment.
 *
 * @param baseOffset of the first record
 * @param nextOffset after the last record, exclusive
 * @param sizeBytes of its frames
 * @param maxTimestampMs largest timestamp of its records; {@link Long#MIN_VALUE} if it has none
 * @param lastRaftIndex of its last batch, or of the one before if it has none
 * @param sealed takes no more frames, and may be deleted by a trim or replaced by a compaction
 */
public record SegmentSummary(
        long baseOffset, long nextOffset, int sizeBytes, long maxTimestampMs, long lastRaftIndex, boolean sealed) {}
