package io.flotilla.broker.partition;

import io.flotilla.record.FrameHeader;
import io.flotilla.record.ProducerSequence;
import io.flotilla.v1.TimestampType;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

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
    private final Conditions conditions;

    /**
     * What has to hold for the batch to be written.
     *
     * @param producer whose next batch it must be; null = anybody's
     * @param requestId under which nothing must have been written lately; null = none
     * @param expectedOffset it must get
     */
    public record Conditions(
            @Nullable ProducerSequence producer, @Nullable UUID requestId, OptionalLong expectedOffset) {
        public static final Conditions NONE = new Conditions(null, null, OptionalLong.empty());

        boolean isNone() {
            return producer == null && requestId == null && expectedOffset.isEmpty();
        }
    }

    /**
     * A batch as its producer sent it.
     *
     * @param maxTimestampMs largest create time; not used if the topic's timestamps are append times
     */
    public NewBatch(
            byte[] bytes,
            int position,
            int length,
            int recordCount,
            long maxTimestampMs,
            TimestampType timestampType,
            Conditions conditions) {
        this.bytes = bytes;
        this.position = position;
        this.length = length;
        this.recordCount = recordCount;
        this.maxTimestampMs = maxTimestampMs;
        this.timestampType = timestampType;
        this.conditions = conditions;
    }

    Conditions conditions() {
        return conditions;
    }

    int recordCount() {
        return recordCount;
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
