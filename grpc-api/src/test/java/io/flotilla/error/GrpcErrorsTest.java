package io.flotilla.error;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.Error;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GrpcErrorsTest {
    private static final LeaderHint LEADER = LeaderHint.newBuilder()
            .setLeaderEpoch(7)
            .setEndpoint(
                    BrokerEndpoint.newBuilder().setBrokerId(2).setHost("::1").setPort(7400))
            .build();

    static Stream<ErrorCode> codes() {
        return ErrorTable.rows().stream().map(ErrorTable.Row::code);
    }

    @ParameterizedTest
    @MethodSource("codes")
    void everyCodeComesBackWholeFromItsStatus(ErrorCode code) {
        FlotillaException sent = FlotillaException.of(code, "orders: what happened")
                .withLeader(LEADER)
                .withRetryAfter(1500)
                .with("high_watermark", 12);

        FlotillaException received = GrpcErrors.from(GrpcErrors.toStatus(sent));

        assertThat(received.toError()).isEqualTo(sent.toError());
        assertThat(received.status()).isEqualTo(ErrorTable.of(code).status());
        assertThat(received.leader()).isEqualTo(LEADER);
        assertThat(received.metadata()).containsEntry("high_watermark", "12");
    }

    @ParameterizedTest
    @MethodSource("codes")
    void trailersAndDetailsSayTheSame(ErrorCode code) throws InvalidProtocolBufferException {
        FlotillaException sent =
                FlotillaException.of(code, "text").withLeader(LEADER).withRetryAfter(1500);

        Metadata trailers = trailers(GrpcErrors.toStatus(sent));

        assertThat(trailers.get(GrpcErrors.CODE)).isEqualTo(ErrorTable.name(code));
        assertThat(trailers.get(GrpcErrors.RETRIABLE)).isEqualTo(sent.retriable() ? "1" : "0");
        assertThat(trailers.get(GrpcErrors.RETRY_AFTER_MS)).isEqualTo("1500");
        assertThat(trailers.get(GrpcErrors.LEADER)).isEqualTo("[::1]:7400");
        List<Any> details =
                Objects.requireNonNull(trailers.get(GrpcErrors.DETAILS)).getDetailsList();
        assertThat(details.get(0).unpack(Error.class)).isEqualTo(sent.toError());
        assertThat(details.get(1).unpack(ErrorInfo.class))
                .isEqualTo(ErrorInfo.newBuilder()
                        .setDomain("flotilla")
                        .setReason(ErrorTable.name(code))
                        .build());
        assertThat(details.get(2).unpack(RetryInfo.class).getRetryDelay())
                .isEqualTo(Duration.newBuilder()
                        .setSeconds(1)
                        .setNanos(500_000_000)
                        .build());
    }

    @Test
    void ambiguityTravels() {
        FlotillaException sent = FlotillaException.ambiguous(ErrorCode.ERROR_CODE_TIMED_OUT, "not finished");

        FlotillaException received = GrpcErrors.from(GrpcErrors.toStatus(sent));

        assertThat(received.ambiguous()).isTrue();
        assertThat(received.retriable()).isTrue();
        assertThat(received).hasMessage("TIMED_OUT (outcome unknown): not finished");
    }

    @Test
    void asciiTrailersAloneAreEnough() {
        Metadata trailers =
                trailers(GrpcErrors.toStatus(FlotillaException.of(ErrorCode.ERROR_CODE_NOT_LEADER, "ask broker 2")
                        .withLeader(LEADER)
                        .withRetryAfter(20)));
        trailers.discardAll(GrpcErrors.DETAILS);

        FlotillaException received = GrpcErrors.from(
                Status.FAILED_PRECONDITION.withDescription("ask broker 2").asRuntimeException(trailers));

        assertThat(received.code()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
        assertThat(received.retriable()).isTrue();
        assertThat(received.retryAfterMs()).isEqualTo(20);
        LeaderHint leader = Objects.requireNonNull(received.leader());
        assertThat(leader.getEndpoint().getHost()).isEqualTo("::1");
        assertThat(leader.getEndpoint().getPort()).isEqualTo(7400);
        assertThat(leader.getLeaderEpoch()).isEqualTo(-1);
    }

    @Test
    void nonsenseInTrailersIsSurvived() {
        Metadata trailers = new Metadata();
        trailers.put(GrpcErrors.CODE, "NOT_LEADER");
        trailers.put(GrpcErrors.RETRY_AFTER_MS, "soon");
        trailers.put(GrpcErrors.LEADER, "nowhere");

        FlotillaException received = GrpcErrors.from(Status.UNKNOWN.asRuntimeException(trailers));

        assertThat(received.code()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
        assertThat(received.retriable()).isFalse();
        assertThat(received.retryAfterMs()).isZero();
        assertThat(received.leader()).isNull();
    }

    @Test
    void codesOfLaterReleasesAreJudgedByTheirFlags() {
        Error later = Error.newBuilder()
                .setCodeValue(9999)
                .setMessage("new")
                .setRetriable(true)
                .build();

        FlotillaException received = FlotillaException.fromError(later);

        assertThat(received.code()).isEqualTo(ErrorCode.ERROR_CODE_UNSPECIFIED);
        assertThat(received.retriable()).isTrue();
        assertThat(received.toError().getMessage()).isEqualTo("new");
    }

    @ParameterizedTest
    @CsvSource({
        "UNAVAILABLE, true, true, UNSPECIFIED",
        "RESOURCE_EXHAUSTED, true, true, UNSPECIFIED",
        "ABORTED, true, true, UNSPECIFIED",
        "INTERNAL, false, true, INTERNAL",
        "UNKNOWN, false, true, UNSPECIFIED",
        "CANCELLED, false, true, UNSPECIFIED",
        "DEADLINE_EXCEEDED, false, true, TIMED_OUT",
        "NOT_FOUND, false, false, NOT_FOUND",
        "ALREADY_EXISTS, false, false, ALREADY_EXISTS",
        "INVALID_ARGUMENT, false, false, INVALID_REQUEST",
        "UNIMPLEMENTED, false, false, UNSUPPORTED_FEATURE",
        "PERMISSION_DENIED, false, false, UNSPECIFIED",
    })
    void bareStatusesAreJudgedByTheirCode(Status.Code status, boolean retriable, boolean ambiguous, String code) {
        FlotillaException received =
                GrpcErrors.from(Status.fromCode(status).withDescription("text").asRuntimeException());

        assertThat(received.retriable()).isEqualTo(retriable);
        assertThat(received.ambiguous()).isEqualTo(ambiguous);
        assertThat(received.code()).isEqualTo(ErrorTable.named(code));
        assertThat(received.status()).isEqualTo(status);
        assertThat(received.description()).isEqualTo(status + ": text");
    }

    @Test
    void aResetStreamMayBeTriedAgain() {
        FlotillaException received = GrpcErrors.from(
                Status.INTERNAL.withDescription("RST_STREAM closed stream").asException());

        assertThat(received.retriable()).isTrue();
        assertThat(received.ambiguous()).isTrue();
    }

    @Test
    void looksThroughTheWrappersOfFutures() {
        FlotillaException cause = FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, "full");

        assertThat(GrpcErrors.from(new CompletionException(new ExecutionException(cause))))
                .isSameAs(cause);
        assertThat(GrpcErrors.from(new IllegalStateException("bug")).code()).isEqualTo(ErrorCode.ERROR_CODE_INTERNAL);
    }

    @Test
    void longMessagesStayWithinTheLimitOfTrailers() {
        StatusRuntimeException status =
                GrpcErrors.toStatus(FlotillaException.of(ErrorCode.ERROR_CODE_INTERNAL, "x".repeat(100_000)));

        assertThat(GrpcErrors.from(status).description()).hasSize(1024).endsWith("xxx...");
        assertThat(trailers(status).toString().length()).isLessThan(8192);
    }

    private static Metadata trailers(StatusRuntimeException status) {
        return Objects.requireNonNull(status.getTrailers());
    }
}
