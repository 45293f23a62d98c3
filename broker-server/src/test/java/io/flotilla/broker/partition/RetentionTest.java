package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.BatchHeader;
import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log of five segments of two records each, appended at 1000, 2000, ... 5000 ms; the last one is active. */
class RetentionTest {
    private static final int FRAME_BYTES = BatchHeader.HEADER_BYTES + MemoryLog.BODY_BYTES;
    private static final int SEGMENTS = 5;
    private static final long END = 2 * SEGMENTS;
    private static final long OFF = -1;

    private final MemoryLog files = new MemoryLog();
    private Log log;

    @BeforeEach
    void fill() throws Exception {
        log = files.open();
        log.divide(LogConfig.DEFAULT.withSegmentBytes(FRAME_BYTES));
        for (int i = 1; i <= SEGMENTS; i++) {
            log.append(i, 1, files.frame(2, i * 1000L));
        }
        log.flush();
    }

    @AfterEach
    void close() throws Exception {
        log.close();
    }

    @Test
    void keepsEverythingUnlessToldOtherwise() throws Exception {
        assertThat(new Retention(OFF, OFF).startOf(log, END, Long.MAX_VALUE)).isZero();
    }

    @Test
    void removesSegmentsWhoseLastBatchIsOlder() throws Exception {
        Retention second = new Retention(1000, OFF);

        assertThat(second.startOf(log, END, 2000)).isZero();
        assertThat(second.startOf(log, END, 2001)).isEqualTo(2);
        assertThat(second.startOf(log, END, 4500)).isEqualTo(6);
    }

    @Test
    void anIdleLogEndsUpEmpty() throws Exception {
        assertThat(new Retention(1000, OFF).startOf(log, END, 1_000_000)).isEqualTo(END);
    }

    @Test
    void removesWhatIsTooMuchButNeverTheActiveSegment() throws Exception {
        assertThat(new Retention(OFF, 5 * FRAME_BYTES).startOf(log, END, 0)).isZero();
        assertThat(new Retention(OFF, 4 * FRAME_BYTES + 1).startOf(log, END, 0)).isZero();
        assertThat(new Retention(OFF, 4 * FRAME_BYTES).startOf(log, END, 0)).isEqualTo(2);
        assertThat(new Retention(OFF, 3 * FRAME_BYTES - 1).startOf(log, END, 0)).isEqualTo(4);
        assertThat(new Retention(OFF, 0).startOf(log, END, 0)).isEqualTo(8);
    }

    @Test
    void whatWasTrimmedBeforeDoesNotCount() throws Exception {
        log.trimTo(4);

        assertThat(new Retention(OFF, 3 * FRAME_BYTES).startOf(log, END, 0)).isEqualTo(4);
        assertThat(new Retention(OFF, 2 * FRAME_BYTES).startOf(log, END, 0)).isEqualTo(6);
    }

    @Test
    void nothingThatIsNotCommittedGoes() throws Exception {
        assertThat(new Retention(0, 0).startOf(log, 5, 1_000_000)).isEqualTo(4);
    }

    @Test
    void aSegmentBehindOneThatStaysStays() throws Exception {
        log.append(6, 1, files.frame(2, 10)); // by a clock that was behind
        log.flush();

        assertThat(new Retention(1000, OFF).startOf(log, END + 2, 5500)).isEqualTo(8);
    }

    @Test
    void aLogWithoutRecordsStaysAsItIs() throws Exception {
        Log empty = new MemoryLog().open();

        assertThat(new Retention(0, 0).startOf(empty, 0, 1_000_000)).isZero();
        empty.close();
    }
}
