package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flotilla.broker.control.LocalGroup;
import io.flotilla.broker.partition.Partition;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.Position;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Committed are offsets 0 to 4, with the times 1000, 1010, 1020, 1050 and 1040; offset 5, at 1060, is not. */
class PositionsTest {
    private static final int TERM = 3;

    private final TestBroker broker = new TestBroker();
    private final LocalGroup group = broker.leads(TestBroker.FIRST, TERM);
    private final Partition partition = broker.partition(TestBroker.FIRST);

    @BeforeEach
    void appendThreeBatches() {
        broker.append(TestBroker.FIRST, 1000, 1010, 1020).join();
        broker.append(TestBroker.FIRST, 1050, 1040).join();
        group.hold();
        assertThat(broker.append(TestBroker.FIRST, 1060)).isNotDone();
    }

    private static Position at(long offset) {
        return Position.newBuilder().setOffset(offset).build();
    }

    private static Position since(long timestampMs) {
        return Position.newBuilder().setTimestampMs(timestampMs).build();
    }

    private static Position last(long records) {
        return Position.newBuilder().setTailRecords(records).build();
    }

    private long resolve(Position position) throws Exception {
        return Positions.resolve(partition, position, OffsetReset.OFFSET_RESET_ERROR);
    }

    private FlotillaException refusal(Position position, OffsetReset reset) {
        return catchThrowableOfType(FlotillaException.class, () -> Positions.resolve(partition, position, reset));
    }

    @Test
    void theEndsOfTheLogAreItsStartAndItsHighWatermark() throws Exception {
        assertThat(resolve(Position.newBuilder()
                        .setAnchor(Position.Anchor.ANCHOR_START)
                        .build()))
                .isZero();
        assertThat(resolve(Position.newBuilder()
                        .setAnchor(Position.Anchor.ANCHOR_END)
                        .build()))
                .isEqualTo(5);
    }

    @Test
    void noPositionIsTheEnd() throws Exception {
        assertThat(resolve(Position.getDefaultInstance())).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 2, 5})
    void anOffsetOfTheLogIsItself(long offset) throws Exception {
        assertThat(resolve(at(offset))).isEqualTo(offset);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 6, Long.MAX_VALUE, Long.MIN_VALUE})
    void anyOtherOffsetGoesWhereTheClientSays(long offset) throws Exception {
        assertThat(Positions.resolve(partition, at(offset), OffsetReset.OFFSET_RESET_START))
                .isZero();
        assertThat(Positions.resolve(partition, at(offset), OffsetReset.OFFSET_RESET_END))
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"OFFSET_RESET_ERROR", "OFFSET_RESET_UNSPECIFIED"})
    void anyOtherOffsetIsOutOfRangeIfTheClientDoesNotSay(OffsetReset reset) {
        FlotillaException refusal = refusal(at(6), reset);

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
        assertThat(refusal.metadata()).containsEntry("log_start_offset", "0").containsEntry("high_watermark", "5");
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 4", "5, 0", "6, 0", "9223372036854775807, 0"})
    void theLastRecordsAreThoseBeforeTheEnd(long records, long offset) throws Exception {
        assertThat(resolve(last(records))).isEqualTo(offset);
    }

    @Test
    void fewerThanNoRecordsAreRefused() {
        assertThat(refusal(last(-1), OffsetReset.OFFSET_RESET_END).code())
                .isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1000, 0", "1001, 1", "1010, 1", "1020, 2", "1021, 3", "1041, 3", "1050, 3"})
    void aTimeIsTheFirstRecordAtOrAfterIt(long timestampMs, long offset) throws Exception {
        assertThat(resolve(since(timestampMs))).isEqualTo(offset);
    }

    @ParameterizedTest
    @ValueSource(longs = {1051, 1060, Long.MAX_VALUE})
    void aTimeAfterAllThatIsCommittedIsTheEnd(long timestampMs) throws Exception {
        assertThat(Positions.find(partition, since(timestampMs)))
                .isEqualTo(Found.newBuilder().setOffset(5).setLeaderEpoch(TERM).build());
    }

    @Test
    void findsTheTimeOfTheRecordToo() throws Exception {
        assertThat(Positions.find(partition, since(1021)))
                .isEqualTo(Found.newBuilder()
                        .setOffset(3)
                        .setTimestampMs(1050)
                        .setLeaderEpoch(TERM)
                        .build());
        assertThat(Positions.find(partition, at(4)).getTimestampMs()).isEqualTo(1040);
        assertThat(Positions.find(partition, last(4)).getTimestampMs()).isEqualTo(1010);
    }

    @Test
    void thereIsNoRecordAtTheEnd() throws Exception {
        assertThat(Positions.find(partition, at(5)))
                .isEqualTo(Found.newBuilder().setOffset(5).setLeaderEpoch(TERM).build());
    }
}
