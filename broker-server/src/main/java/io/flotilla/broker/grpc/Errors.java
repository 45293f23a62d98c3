package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.producer.Verdict;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.log.CorruptBatchException;
import io.flotilla.log.LogException;
import io.flotilla.log.OffsetOutOfRangeException;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.quorum.MetadataUnavailableException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.FormatException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every refusal and exception of the layers below, as an error of the API. The one place where they are translated. */
final class Errors {
    private static final Logger log = LoggerFactory.getLogger(Errors.class);

    private Errors() {}

    static FlotillaException of(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof FlotillaException known) {
            return known;
        } else if (cause instanceof FormatException malformed) {
            return FlotillaException.of(malformed.code(), String.valueOf(malformed.getMessage()));
        } else if (cause instanceof LogException broken) {
            return log(broken);
        } else if (cause instanceof MetadataUnavailableException unavailable) {
            String message = String.valueOf(unavailable.getMessage());
            return unavailable.ambiguous()
                    ? FlotillaException.ambiguous(ErrorCode.ERROR_CODE_NO_QUORUM, message)
                    : FlotillaException.of(ErrorCode.ERROR_CODE_NO_QUORUM, message);
        } else if (cause instanceof TimeoutException) {
            return FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_TIMED_OUT, "no answer in time; the request may still take effect");
        } else if (cause instanceof io.grpc.StatusRuntimeException status) {
            return ofPeer(GrpcErrors.from(status));
        }
        log.error("a request failed unexpectedly", cause);
        return FlotillaException.ambiguous(ErrorCode.ERROR_CODE_INTERNAL, "broker error: " + cause);
    }

    /** What another broker answered to something that may be asked again, or that it did not answer. */
    static FlotillaException ofPeer(FlotillaException answer) {
        boolean wasReset = answer.code() == ErrorCode.ERROR_CODE_INTERNAL && answer.retriable();
        if (answer.code() == ErrorCode.ERROR_CODE_UNSPECIFIED || wasReset) {
            return FlotillaException.of(
                    ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                    "the connection to the leader broke: " + answer.description());
        }
        return answer.code() == ErrorCode.ERROR_CODE_TIMED_OUT
                ? FlotillaException.of(ErrorCode.ERROR_CODE_TIMED_OUT, answer.description())
                : answer;
    }

    private static FlotillaException log(LogException error) {
        if (error instanceof OffsetOutOfRangeException range) {
            return outOfRange(range.offset(), range.logStart(), range.end());
        } else if (error instanceof CorruptBatchException) {
            return FlotillaException.of(
                    ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE,
                    "this replica found damaged data and leaves service: " + error.getMessage());
        }
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, "this replica cannot read its log: " + error.getMessage());
    }

    static FlotillaException outOfRange(long offset, long logStart, long highWatermark) {
        return FlotillaException.of(
                        ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE,
                        "offset %d is outside the log, which holds %d to %d; seek into that range"
                                .formatted(offset, logStart, highWatermark))
                .with("log_start_offset", logStart)
                .with("high_watermark", highWatermark);
    }

    /** For outcomes other than {@link AppendOutcome.Appended} and {@link AppendOutcome.NotLeader}. */
    static FlotillaException of(AppendOutcome outcome) {
        if (outcome instanceof AppendOutcome.Refused refused) {
            return switch (refused.reason()) {
                case OVERLOADED ->
                    FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, refused.message())
                            .withRetryAfter(100);
                case LEADER_UNAVAILABLE ->
                    FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, refused.message());
            };
        } else if (outcome instanceof AppendOutcome.Denied denied) {
            return of(denied.why());
        } else if (outcome instanceof AppendOutcome.Unknown unknown) {
            return FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_NO_QUORUM,
                    "leadership moved while the batch was on its way; it may be in the log: " + unknown.message());
        }
        throw new IllegalArgumentException("%s is no error".formatted(outcome));
    }

    private static FlotillaException of(Verdict.Refused why) {
        return switch (why.reason()) {
            case GAP -> FlotillaException.of(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE, why.message());
            case TOO_OLD -> FlotillaException.ambiguous(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE, why.message());
            case FENCED -> FlotillaException.of(ErrorCode.ERROR_CODE_PRODUCER_FENCED, why.message());
            case UNKNOWN_PRODUCER -> FlotillaException.of(ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER, why.message());
            case OFFSET_CONFLICT ->
                FlotillaException.of(ErrorCode.ERROR_CODE_OFFSET_CONFLICT, why.message())
                        .with("next_offset", why.nextOffset());
        };
    }

    static FlotillaException of(MetadataResult.Refused refused) {
        ErrorCode code = switch (refused.code()) {
            case EXISTS -> ErrorCode.ERROR_CODE_ALREADY_EXISTS;
            case NOT_FOUND -> ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION;
            case INVALID_TOPIC_NAME -> ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME;
            case INVALID_REPLICATION -> ErrorCode.ERROR_CODE_INVALID_REPLICATION;
            case INVALID_CONFIG -> ErrorCode.ERROR_CODE_INVALID_CONFIG;
            case CONFLICT -> ErrorCode.ERROR_CODE_INVALID_REQUEST;
        };
        return FlotillaException.of(code, refused.message());
    }

    static FlotillaException invalid(String message) {
        return FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_REQUEST, message);
    }
}
