package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.log.OffsetOutOfRangeException;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.quorum.MetadataUnavailableException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import io.grpc.Status;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest {
    @Test
    void anErrorOfTheApiStaysWhatItIsHoweverItWasCarried() {
        FlotillaException error = Errors.invalid("nonsense");

        assertThat(Errors.of(error)).isSameAs(error);
        assertThat(Errors.of(new CompletionException(error))).isSameAs(error);
    }

    @Test
    void malformedBytesSayWhatIsWrongWithThem() {
        FlotillaException error =
                Errors.of(new FormatException(ErrorCode.ERROR_CODE_CORRUPT_BATCH, "the checksum is wrong"));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH);
        assertThat(error.description()).isEqualTo("the checksum is wrong");
    }

    @Test
    void anOffsetOutsideTheLogSaysWhatTheLogHolds() {
        TestBroker broker = new TestBroker();
        broker.leads(TestBroker.FIRST, 1);
        broker.append(TestBroker.FIRST, 1, 2).join();

        FlotillaException error = Errors.of(catchThrowableOfType(
                OffsetOutOfRangeException.class,
                () -> broker.partition(TestBroker.FIRST).read(7, 1)));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
        assertThat(error.metadata()).containsEntry("log_start_offset", "0").containsEntry("high_watermark", "2");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void metadataThatCannotBeChangedSaysWhetherTheChangeIsOpen(boolean ambiguous) {
        FlotillaException error = Errors.of(new MetadataUnavailableException("no leader", ambiguous));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM);
        assertThat(error.ambiguous()).isEqualTo(ambiguous);
    }

    @Test
    void whatTookTooLongMayStillTakeEffect() {
        FlotillaException error = Errors.of(new CompletionException(new TimeoutException()));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_TIMED_OUT);
        assertThat(error.ambiguous()).isTrue();
    }

    @Test
    void anythingElseIsTheBrokersFaultAndItsOutcomeIsOpen() {
        FlotillaException error = Errors.of(new IllegalStateException("a mistake"));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_INTERNAL);
        assertThat(error.ambiguous()).isTrue();
    }

    @Test
    void aReadThatBrokeOnTheWayToTheLeaderMayBeRepeated() {
        FlotillaException error = Errors.of(Status.UNAVAILABLE.asRuntimeException());

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
        assertThat(error.retriable()).isTrue();
        assertThat(error.ambiguous()).isFalse();
    }

    @Test
    void whatTheLeaderAnsweredIsPassedOn() {
        FlotillaException answer = Errors.outOfRange(9, 2, 5);

        assertThat(Errors.of(GrpcErrors.toStatus(answer)))
                .usingRecursiveComparison()
                .comparingOnlyFields("code", "description", "metadata", "retriable", "ambiguous")
                .isEqualTo(answer);
    }

    @Test
    void aBatchThatFoundNoRoomMayBeSentAgainInAWhile() {
        FlotillaException error =
                Errors.of(new AppendOutcome.Refused(AppendOutcome.Reason.OVERLOADED, "too much waits"));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_OVERLOADED);
        assertThat(error.retryAfterMs()).isPositive();
        assertThat(error.ambiguous()).isFalse();
    }

    @Test
    void aLeaderThatIsNotReadyMayBeAskedAgain() {
        FlotillaException error =
                Errors.of(new AppendOutcome.Refused(AppendOutcome.Reason.LEADER_UNAVAILABLE, "handing over"));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
        assertThat(error.retriable()).isTrue();
        assertThat(error.ambiguous()).isFalse();
    }

    @Test
    void aBatchWhoseFateIsOpenSaysSo() {
        FlotillaException error = Errors.of(new AppendOutcome.Unknown("the leader stepped down"));

        assertThat(error.code()).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM);
        assertThat(error.ambiguous()).isTrue();
    }

    @Test
    void anAppendThatSucceededIsNoError() {
        assertThatThrownBy(() -> Errors.of(new AppendOutcome.Appended(new WrittenBatch(0, 1, 1, 1), false)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusalsOfTheMetadataHaveDifferentCodes() {
        assertThat(Arrays.stream(MetadataResult.Code.values())
                        .map(code -> Errors.of(new MetadataResult.Refused(code, "why"))
                                .code()))
                .doesNotHaveDuplicates()
                .doesNotContain(ErrorCode.ERROR_CODE_INTERNAL, ErrorCode.ERROR_CODE_UNSPECIFIED);
    }
}
