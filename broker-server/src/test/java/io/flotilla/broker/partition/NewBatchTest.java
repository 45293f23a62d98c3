package io.flotilla.broker.partition;

import static io.flotilla.v1.TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME;
import static io.flotilla.v1.TimestampType.TIMESTAMP_TYPE_UNSPECIFIED;
import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.v1.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NewBatchTest {
    private static final long APPEND_TIME_MS = 5000;

    @ParameterizedTest
    @CsvSource({
        "TIMESTAMP_TYPE_UNSPECIFIED, 4000, 4000",
        "TIMESTAMP_TYPE_UNSPECIFIED, 9000, 9000",
        "TIMESTAMP_TYPE_UNSPECIFIED, 0, 5000", // the producer gave none
        "TIMESTAMP_TYPE_LOG_APPEND_TIME, 4000, 5000",
        "TIMESTAMP_TYPE_LOG_APPEND_TIME, 9000, 5000"
    })
    void isFoundByItsOwnTimeUnlessTheTopicCountsAppendTimes(TimestampType type, long createMs, long foundByMs) {
        FrameHeader header =
                new NewBatch(new byte[9], 0, 9, 3, createMs, type, NewBatch.Conditions.NONE).header(APPEND_TIME_MS);

        assertThat(header.maxTimestampMs()).isEqualTo(foundByMs);
        assertThat(header.appendTimeMs()).isEqualTo(APPEND_TIME_MS);
        assertThat(header.timestampType()).isEqualTo(type);
    }

    @Test
    void takesAnOffsetForEachRecord() {
        FrameHeader header = new NewBatch(
                        new byte[9], 0, 9, 3, 0, TIMESTAMP_TYPE_LOG_APPEND_TIME, NewBatch.Conditions.NONE)
                .header(APPEND_TIME_MS);

        assertThat(header.nextOffset() - header.baseOffset()).isEqualTo(3);
        assertThat(header.baseOffset()).isEqualTo(FrameHeader.UNASSIGNED);
    }

    @Test
    void countsWhatItWillTakeOnDisk() {
        NewBatch batch =
                new NewBatch(new byte[100], 20, 50, 1, 0, TIMESTAMP_TYPE_UNSPECIFIED, NewBatch.Conditions.NONE);

        BatchFrame frame = BatchFrame.of(batch.header(APPEND_TIME_MS), batch.bytes(), batch.position(), batch.length());

        assertThat(batch.frameBytes()).isEqualTo(frame.size());
    }
}
