package io.flotilla.broker.partition;

import io.flotilla.record.FrameHeader;
import io.flotilla.v1.TimestampType;

/**
 * A batch that passed all checks and waits to be appended: the producer's bytes, as a range of an array nobody changes.
 */
public final class NewBatch {
    private final byte[] bytes;
    private final int position;
    private final int length;
    private final int recordCount;
    private final long maxTimestampMs;
    private final TimestampType timestampType;

    /**
     * A batch as its producer sent it.
     *
     * @param maxTimestampMs largest create time; not used if the topic's timestamps are append times
     */
    public NewBatch(
            byte[] bytes, int position, int length, int recordCount, long maxTimestampMs, TimestampType timestampType) {
        this.bytes = bytes;
        this.position = position;
        this.length = length;
        this.recordCount = recordCount;
        this.maxTimestampMs = maxTimestampMs;
        this.timestampType = timestampType;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    /** Size of the encoded batch. */
    public int length() {
        return length;
    }

    /** Size of the frame it becomes. */
    int frameBytes() {
        return FrameHeader.BYTES + length;
    }

    FrameHeader header(long appendTimeMs) {
        boolean appendTime = timestampType == TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME || maxTimestampMs == 0;
        return FrameHeader.unassigned(
                recordCount, appendTimeMs, appendTime ? appendTimeMs : maxTimestampMs, timestampType);
    }
}
