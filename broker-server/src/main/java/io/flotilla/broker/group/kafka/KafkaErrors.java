package io.flotilla.broker.group.kafka;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** What Kafka's coordinator refuses, as errors of the API. */
final class KafkaErrors {
    private KafkaErrors() {}

    static FlotillaException of(String group, short code, @Nullable String message) {
        Errors error = Errors.forCode(code);
        return of(group, error, message == null ? error.message() : message);
    }

    static FlotillaException of(String group, Throwable failure) {
        Errors error = Errors.forException(failure);
        return of(group, error, failure.getMessage() == null ? error.message() : failure.getMessage());
    }

    private static FlotillaException of(String group, Errors error, String message) {
        return FlotillaException.of(codeOf(error), "group '%s': %s".formatted(group, message));
    }

    private static ErrorCode codeOf(Errors error) {
        return switch (error) {
            case NOT_COORDINATOR,
                    NOT_LEADER_OR_FOLLOWER,
                    COORDINATOR_NOT_AVAILABLE,
                    COORDINATOR_LOAD_IN_PROGRESS,
                    REQUEST_TIMED_OUT -> ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE;
            case UNKNOWN_MEMBER_ID -> ErrorCode.ERROR_CODE_UNKNOWN_MEMBER;
            case FENCED_MEMBER_EPOCH, STALE_MEMBER_EPOCH, ILLEGAL_GENERATION, FENCED_INSTANCE_ID ->
                ErrorCode.ERROR_CODE_MEMBER_FENCED;
            case UNRELEASED_INSTANCE_ID -> ErrorCode.ERROR_CODE_INSTANCE_ID_IN_USE;
            case GROUP_MAX_SIZE_REACHED -> ErrorCode.ERROR_CODE_GROUP_FULL;
            case NON_EMPTY_GROUP, GROUP_SUBSCRIBED_TO_TOPIC -> ErrorCode.ERROR_CODE_GROUP_NOT_EMPTY;
            case GROUP_ID_NOT_FOUND -> ErrorCode.ERROR_CODE_NOT_FOUND;
            case UNKNOWN_TOPIC_OR_PARTITION, UNKNOWN_TOPIC_ID -> ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION;
            case INVALID_REQUEST,
                    INVALID_GROUP_ID,
                    UNSUPPORTED_ASSIGNOR,
                    INVALID_REGULAR_EXPRESSION,
                    OFFSET_METADATA_TOO_LARGE,
                    INCONSISTENT_GROUP_PROTOCOL -> ErrorCode.ERROR_CODE_INVALID_REQUEST;
            default -> ErrorCode.ERROR_CODE_INTERNAL;
        };
    }
}
