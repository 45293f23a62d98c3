package io.flotilla.error;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.flotilla.v1.ErrorCode;
import io.grpc.Status;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What each error code means to gRPC and to a client that wants to retry. The only place where this is written down;
 * brokers fill their answers from it and clients believe the answers, so that a code newer than the client still works.
 */
public final class ErrorTable {
    private static final boolean RETRY = true;
    private static final boolean FINAL = false;
    private static final boolean AMBIGUOUS = true;
    private static final boolean DEFINITE = false;

    private static final List<Row> ROWS = List.of(
            row(ErrorCode.ERROR_CODE_UNSPECIFIED, Status.Code.UNKNOWN, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_INTERNAL, Status.Code.INTERNAL, FINAL, AMBIGUOUS),
            row(ErrorCode.ERROR_CODE_INVALID_REQUEST, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_INVALID_BATCH, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_CORRUPT_BATCH, Status.Code.DATA_LOSS, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_BATCH_TOO_LARGE, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_INVALID_TIMESTAMP, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, Status.Code.UNIMPLEMENTED, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_PARTITION_REQUIRED, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT, Status.Code.FAILED_PRECONDITION, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_KEY_REQUIRED, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION, Status.Code.NOT_FOUND, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH, Status.Code.FAILED_PRECONDITION, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_ALREADY_EXISTS, Status.Code.ALREADY_EXISTS, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_NOT_FOUND, Status.Code.NOT_FOUND, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_NOT_LEADER, Status.Code.FAILED_PRECONDITION, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, Status.Code.UNAVAILABLE, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH, Status.Code.FAILED_PRECONDITION, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_UNKNOWN_LEADER_EPOCH, Status.Code.UNAVAILABLE, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_DRAINING, Status.Code.UNAVAILABLE, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_NO_QUORUM, Status.Code.UNAVAILABLE, RETRY, AMBIGUOUS),
            row(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE, Status.Code.OUT_OF_RANGE, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_OFFSET_CONFLICT, Status.Code.ABORTED, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE, Status.Code.FAILED_PRECONDITION, FINAL, AMBIGUOUS),
            row(ErrorCode.ERROR_CODE_PRODUCER_FENCED, Status.Code.FAILED_PRECONDITION, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER, Status.Code.FAILED_PRECONDITION, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_UNKNOWN_MEMBER, Status.Code.NOT_FOUND, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_MEMBER_FENCED, Status.Code.ABORTED, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_INSTANCE_ID_IN_USE, Status.Code.ALREADY_EXISTS, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_GROUP_FULL, Status.Code.RESOURCE_EXHAUSTED, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_PROCESSING_TIMEOUT, Status.Code.ABORTED, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_GROUP_NOT_EMPTY, Status.Code.FAILED_PRECONDITION, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_NOT_ASSIGNED, Status.Code.FAILED_PRECONDITION, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_OVERLOADED, Status.Code.UNAVAILABLE, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_STORAGE_FULL, Status.Code.RESOURCE_EXHAUSTED, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_TOO_MANY_STREAMS, Status.Code.RESOURCE_EXHAUSTED, RETRY, DEFINITE),
            row(ErrorCode.ERROR_CODE_TIMED_OUT, Status.Code.DEADLINE_EXCEEDED, RETRY, AMBIGUOUS),
            row(ErrorCode.ERROR_CODE_INVALID_CONFIG, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE),
            row(ErrorCode.ERROR_CODE_INVALID_REPLICATION, Status.Code.INVALID_ARGUMENT, FINAL, DEFINITE));

    private static final Map<ErrorCode, Row> BY_CODE =
            new EnumMap<>(ROWS.stream().collect(toUnmodifiableMap(Row::code, Function.identity())));

    private static final Map<String, ErrorCode> BY_NAME = Arrays.stream(ErrorCode.values())
            .filter(code -> code != ErrorCode.UNRECOGNIZED)
            .collect(toUnmodifiableMap(ErrorTable::name, Function.identity()));

    private ErrorTable() {}

    /**
     * The facts of one code.
     *
     * @param status the gRPC status when the error ends an RPC
     * @param retriable the same request may be sent again unchanged
     * @param mayBeAmbiguous the code may mean that a write happened all the same; the error itself says whether it
     *     does
     */
    public record Row(ErrorCode code, Status.Code status, boolean retriable, boolean mayBeAmbiguous) {}

    /** All rows, by code number. */
    public static List<Row> rows() {
        return ROWS;
    }

    /** The row of {@code code}; that of {@code ERROR_CODE_UNSPECIFIED} for a code this release does not know. */
    public static Row of(ErrorCode code) {
        Row row = BY_CODE.get(code);
        return row != null ? row : ROWS.get(0);
    }

    /** The short name of {@code code}, as in trailers and messages: {@code NOT_LEADER}. */
    public static String name(ErrorCode code) {
        return code.name().replaceFirst("^ERROR_CODE_", "");
    }

    /** The code with this short name; {@code ERROR_CODE_UNSPECIFIED} if this release does not know it. */
    public static ErrorCode named(String name) {
        return BY_NAME.getOrDefault(name, ErrorCode.ERROR_CODE_UNSPECIFIED);
    }

    private static Row row(ErrorCode code, Status.Code status, boolean retriable, boolean mayBeAmbiguous) {
        return new Row(code, status, retriable, mayBeAmbiguous);
    }
}
