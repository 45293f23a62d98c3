package io.flotilla.broker.producer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.broker.producer.Verdict.Duplicate;
import io.flotilla.broker.producer.Verdict.Reason;
import io.flotilla.broker.producer.Verdict.Refused;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.record.ProducerSequence;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.TimestampType;
import java.nio.ByteBuffer;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerTableTest {
    private static final int DAY_MS = 24 * 3_600_000;
    private static final UUID REQUEST = new UUID(1, 2);

    private final ProducerTable table = new ProducerTable();
    private long logEnd;
    private long nowMs = 1_000_000;

    private static ProducerSequence stamp(long producer, int epoch, int sequence) {
        return new ProducerSequence(producer, epoch, sequence, false);
    }

    /** Writes a batch, whatever the table says of it. */
    private WrittenBatch write(@Nullable ProducerSequence stamp, @Nullable UUID request, int records) {
        RecordBatch.Builder batch = RecordBatch.newBuilder();
        if (stamp != null) {
            batch.setProducer(ProducerStamp.newBuilder()
                    .setProducerId(stamp.producerId())
                    .setProducerEpoch(stamp.producerEpoch())
                    .setBaseSequence(stamp.baseSequence()));
        }
        if (request != null) {
            batch.setRequestId(ByteString.copyFrom(ByteBuffer.allocate(16)
                    .putLong(request.getMostSignificantBits())
                    .putLong(request.getLeastSignificantBits())
                    .flip()));
        }
        RecordSet.Builder set = RecordSet.newBuilder();
        for (int i = 0; i < records; i++) {
            set.addRecords(Record.getDefaultInstance());
        }
        byte[] body = batch.setRecords(set).build().toByteArray();
        FrameHeader header = new FrameHeader(
                logEnd, logEnd + records, logEnd, 1, nowMs, nowMs, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        BatchFrame frame = BatchFrame.of(header, body, 0, body.length);
        table.written(frame.bytes());
        logEnd += records;
        return WrittenBatch.of(frame);
    }

    private WrittenBatch write(long producer, int epoch, int sequence, int records) {
        return write(stamp(producer, epoch, sequence), null, records);
    }

    private Verdict judge(long producer, int epoch, int sequence, int records) {
        return table.judge(stamp(producer, epoch, sequence), null, records, nowMs);
    }

    private Reason refusal(long producer, int epoch, int sequence, int records) {
        return ((Refused) judge(producer, epoch, sequence, records)).reason();
    }

    @Test
    void aProducersFirstBatchHasSequenceZero() {
        assertThat(judge(7, 0, 0, 3)).isEqualTo(Verdict.FRESH);
        assertThat(refusal(7, 0, 3, 3)).isEqualTo(Reason.UNKNOWN_PRODUCER);
    }

    @Test
    void batchesMustFollowEachOther() {
        write(7, 0, 0, 3);

        assertThat(judge(7, 0, 3, 5)).isEqualTo(Verdict.FRESH);
        assertThat(refusal(7, 0, 4, 5)).isEqualTo(Reason.GAP);
        assertThat(judge(8, 0, 0, 1)).as("of another producer").isEqualTo(Verdict.FRESH);
    }

    @Test
    void aRepeatGetsTheOffsetsOfTheFirstTime() {
        WrittenBatch first = write(7, 0, 0, 3);
        write(9, 0, 0, 10);
        WrittenBatch second = write(7, 0, 3, 2);

        assertThat(judge(7, 0, 0, 3)).isEqualTo(new Duplicate(first));
        assertThat(judge(7, 0, 3, 2)).isEqualTo(new Duplicate(second));
        assertThat(refusal(7, 0, 3, 1)).as("with other records").isEqualTo(Reason.GAP);
    }

    @Test
    void aNewEpochBeginsAtZeroAndEndsTheOld() {
        write(7, 0, 0, 3);

        assertThat(refusal(7, 1, 3, 1)).isEqualTo(Reason.GAP);
        assertThat(judge(7, 1, 0, 1)).isEqualTo(Verdict.FRESH);

        write(7, 4, 0, 1);
        assertThat(refusal(7, 3, 1, 1)).isEqualTo(Reason.FENCED);
        assertThat(refusal(7, 0, 0, 3)).as("even a repeat").isEqualTo(Reason.FENCED);
        assertThat(judge(7, 4, 1, 1)).isEqualTo(Verdict.FRESH);
    }

    @ParameterizedTest
    @CsvSource({
        "2147483646, 1, 2147483647",
        "2147483646, 2, 0",
        "2147483647, 1, 0",
        "2147483647, 5, 4",
        "0, 100000, 100000"
    })
    void sequencesBeginAgainAfterTheLast(int base, int records, int next) {
        assertThat(Sequence.after(base, records)).isEqualTo(next);
    }

    @Test
    void recognizesRepeatsAcrossTheWrap() {
        write(7, 0, Integer.MAX_VALUE - 1, 1);
        WrittenBatch across = write(7, 0, Integer.MAX_VALUE, 2);

        assertThat(judge(7, 0, 1, 1)).isEqualTo(Verdict.FRESH);
        assertThat(judge(7, 0, Integer.MAX_VALUE, 2)).isEqualTo(new Duplicate(across));
        assertThat(refusal(7, 0, 2, 1)).isEqualTo(Reason.GAP);
        assertThat(refusal(7, 0, Integer.MAX_VALUE - 2, 1)).isEqualTo(Reason.TOO_OLD);
    }

    @Test
    void remembersTheLastCommittedBatchesAndAllOthers() {
        for (int i = 0; i < 200; i++) {
            write(7, 0, i, 1);
        }

        assertThat(judge(7, 0, 0, 1)).as("nothing is committed").isInstanceOf(Duplicate.class);
        table.committedTo(150);
        write(7, 0, 200, 1);

        assertThat(refusal(7, 0, 85, 1)).isEqualTo(Reason.TOO_OLD);
        assertThat(judge(7, 0, 86, 1)).as("the 64th before 150").isInstanceOf(Duplicate.class);
        table.truncatedTo(150);
        assertThat(judge(7, 0, 150, 1)).isEqualTo(Verdict.FRESH);
        assertThat(judge(7, 0, 86, 1)).as("what is in flight may be asked for").isInstanceOf(Duplicate.class);
    }

    @Test
    void goesBackWhenTheLogIsCut() {
        write(7, 0, 0, 3);
        write(7, 0, 3, 2);
        write(7, 1, 0, 1);
        write(8, 0, 0, 1);
        write(null, REQUEST, 1);

        table.truncatedTo(5);

        assertThat(judge(7, 0, 5, 1)).as("the new epoch never was").isEqualTo(Verdict.FRESH);
        assertThat(judge(8, 0, 0, 1)).isEqualTo(Verdict.FRESH);
        assertThat(table.size()).isEqualTo(1);
        assertThat(table.judge(null, REQUEST, 1, nowMs)).isEqualTo(Verdict.FRESH);
    }

    @Test
    void forgetsAProducerThatWroteNothingForAWeek() {
        write(7, 0, 0, 3);
        nowMs += 7L * DAY_MS;
        assertThat(judge(7, 0, 3, 1)).isEqualTo(Verdict.FRESH);

        nowMs += 1;

        assertThat(refusal(7, 0, 3, 1)).isEqualTo(Reason.UNKNOWN_PRODUCER);
        assertThat(judge(7, 0, 0, 1)).isEqualTo(Verdict.FRESH);
        write(8, 0, 0, 1);
        assertThat(table.size()).as("those that are over take no memory").isEqualTo(1);
    }

    @Test
    void anAnswerToARepeatedRequestLastsFiveMinutes() {
        WrittenBatch first = write(null, REQUEST, 2);
        nowMs += 300_000;
        assertThat(table.judge(null, REQUEST, 2, nowMs)).isEqualTo(new Duplicate(first));
        assertThat(table.judge(null, new UUID(1, 3), 2, nowMs)).isEqualTo(Verdict.FRESH);

        nowMs += 1;

        assertThat(table.judge(null, REQUEST, 2, nowMs)).isEqualTo(Verdict.FRESH);
        WrittenBatch again = write(null, REQUEST, 2);
        assertThat(table.judge(null, REQUEST, 2, nowMs)).isEqualTo(new Duplicate(again));
    }

    @Test
    void rememberedRequestsAreBounded() {
        for (int i = 0; i <= PublishedRequests.MOST; i++) {
            write(null, new UUID(9, i), 1);
        }

        assertThat(table.judge(null, new UUID(9, 0), 1, nowMs)).isEqualTo(Verdict.FRESH);
        assertThat(table.judge(null, new UUID(9, 1), 1, nowMs)).isInstanceOf(Duplicate.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void aSnapshotHoldsWhatIsCommitted(long endOffset) throws Exception {
        write(7, 0, 0, 3);
        write(null, REQUEST, 1);
        write(7, 0, 3, 2);
        ProducerSnapshot snapshot = table.snapshot(endOffset, 1);

        byte[] bytes = SnapshotCodec.encode(snapshot);
        ProducerSnapshot read = SnapshotCodec.decode(ByteBuffer.wrap(bytes));
        ProducerTable again = new ProducerTable();
        again.restore(read);

        assertThat(read).isEqualTo(snapshot);
        assertThat(again.judge(stamp(7, 0, endOffset < 6 ? 3 : 5), null, 2, nowMs))
                .isEqualTo(Verdict.FRESH);
        assertThat(again.judge(null, REQUEST, 1, nowMs)).isInstanceOf(Duplicate.class);
        assertThat(again.judge(stamp(7, 0, 0), null, 3, nowMs)).isInstanceOf(Duplicate.class);
    }

    @Test
    void batchesOfOneEntryAreJudgedAsIfThoseBeforeThemWereWritten() {
        write(7, 0, 0, 3);
        EntryCheck check = new EntryCheck(table, logEnd, nowMs);

        assertThat(check.judge(stamp(7, 0, 3), null, OptionalLong.of(3), 2)).isEqualTo(Verdict.FRESH);
        assertThat(check.judge(null, null, OptionalLong.empty(), 4)).isEqualTo(Verdict.FRESH);
        assertThat(check.judge(stamp(7, 0, 5), null, OptionalLong.of(9), 1)).isEqualTo(Verdict.FRESH);
        assertThat(check.judge(stamp(7, 0, 3), null, OptionalLong.empty(), 2))
                .as("a repeat of what is only about to be written")
                .isEqualTo(Verdict.LATER);
        assertThat(check.judge(stamp(8, 0, 0), REQUEST, OptionalLong.empty(), 1))
                .isEqualTo(Verdict.FRESH);
        assertThat(check.judge(null, REQUEST, OptionalLong.empty(), 1)).isEqualTo(Verdict.LATER);
    }

    @Test
    void anotherOffsetThanExpectedIsAConflict() {
        write(null, null, 3);
        EntryCheck check = new EntryCheck(table, logEnd, nowMs);

        Verdict verdict = check.judge(null, null, OptionalLong.of(2), 1);

        assertThat(verdict).isInstanceOfSatisfying(Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Reason.OFFSET_CONFLICT);
            assertThat(refused.nextOffset()).isEqualTo(3);
        });
        assertThat(check.judge(null, null, OptionalLong.of(3), 1)).isEqualTo(Verdict.FRESH);
    }

    @Test
    void aRepeatIsRecognizedBeforeItsOffsetIsLookedAt() {
        WrittenBatch first = write(7, 0, 0, 3);
        write(null, null, 3);

        assertThat(new EntryCheck(table, logEnd, nowMs).judge(stamp(7, 0, 0), null, OptionalLong.of(0), 3))
                .isEqualTo(new Duplicate(first));
    }
}
