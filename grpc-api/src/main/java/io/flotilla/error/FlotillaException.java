package io.flotilla.error;

import io.flotilla.v1.Error;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A refused or failed operation, with everything a caller needs to act: may it be retried, when, where, and is it known
 * that nothing happened. Immutable; the {@code with} methods return copies. Brokers throw it or complete futures with it
 * and {@link GrpcErrors} puts it on the wire; clients get it back from there.
 */
public final class FlotillaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String description;
    private final Status.Code status;
    private final boolean retriable;
    private final boolean ambiguous;
    private final int retryAfterMs;
    private final transient @Nullable LeaderHint leader;
    private final transient Map<String, String> metadata;

    private FlotillaException(
            Status.Code status, boolean retriable, boolean ambiguous, Error facts, @Nullable Throwable cause) {
        super(message(facts), cause);
        this.code = facts.getCode() == ErrorCode.UNRECOGNIZED ? ErrorCode.ERROR_CODE_UNSPECIFIED : facts.getCode();
        this.description = facts.getMessage();
        this.status = status;
        this.retriable = retriable;
        this.ambiguous = ambiguous;
        this.retryAfterMs = facts.getRetryAfterMs();
        this.leader = facts.hasLeader() ? facts.getLeader() : null;
        this.metadata = Map.copyOf(facts.getMetadataMap());
    }

    /** An error whose outcome is known (nothing was written); retriable as {@link ErrorTable} says. */
    public static FlotillaException of(ErrorCode code, String message) {
        return fromError(Error.newBuilder()
                .setCode(code)
                .setMessage(message)
                .setRetriable(ErrorTable.of(code).retriable())
                .build());
    }

    /**
     * An error whose outcome is unknown: the write may have happened.
     *
     * @throws IllegalArgumentException if {@code code} always means that nothing happened
     */
    public static FlotillaException ambiguous(ErrorCode code, String message) {
        if (!ErrorTable.of(code).mayBeAmbiguous()) {
            throw new IllegalArgumentException("%s always has a known outcome".formatted(ErrorTable.name(code)));
        }
        return fromError(
                of(code, message).toError().toBuilder().setAmbiguous(true).build());
    }

    /** What a peer reported, believed as it is. */
    public static FlotillaException fromError(Error error) {
        return new FlotillaException(
                ErrorTable.of(error.getCode()).status(), error.getRetriable(), error.getAmbiguous(), error, null);
    }

    /** What a peer reported with the gRPC status that ended the call. */
    static FlotillaException fromCall(Status.Code status, Error error, Throwable cause) {
        return new FlotillaException(status, error.getRetriable(), error.getAmbiguous(), error, cause);
    }

    public FlotillaException withLeader(LeaderHint hint) {
        return copy(toError().toBuilder().setLeader(hint).build());
    }

    public FlotillaException withRetryAfter(int retryAfter) {
        return copy(toError().toBuilder().setRetryAfterMs(retryAfter).build());
    }

    /** Adds one machine-readable fact, such as {@code high_watermark}. */
    public FlotillaException with(String key, Object value) {
        return copy(
                toError().toBuilder().putMetadata(key, String.valueOf(value)).build());
    }

    public FlotillaException withCause(Throwable cause) {
        return new FlotillaException(status, retriable, ambiguous, toError(), cause);
    }

    /** {@code ERROR_CODE_UNSPECIFIED} if the peer is newer than this release, or did not say. */
    public ErrorCode code() {
        return code;
    }

    /** For people: the thing, the value, the next step. */
    public String description() {
        return description;
    }

    /** The gRPC status that carries, or carried, this error. */
    public Status.Code status() {
        return status;
    }

    /** The name of {@link #status()}, for callers that do not speak gRPC themselves: {@code NOT_FOUND}. */
    public String statusName() {
        return status.name();
    }

    /** The same request may be sent again unchanged after {@link #retryAfterMs()}. */
    public boolean retriable() {
        return retriable;
    }

    /** The outcome is unknown: a write may have happened, and sending it again may write it twice. */
    public boolean ambiguous() {
        return ambiguous;
    }

    /** Wait before a retry; 0 = the caller's own backoff. */
    public int retryAfterMs() {
        return retryAfterMs;
    }

    /** Who leads the partition in question, if the peer knew. */
    public @Nullable LeaderHint leader() {
        return leader;
    }

    /** Machine-readable facts; unmodifiable. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** This error as a message, for in-band answers. */
    public Error toError() {
        Error.Builder error = Error.newBuilder()
                .setCode(code)
                .setMessage(description)
                .setRetriable(retriable)
                .setRetryAfterMs(retryAfterMs)
                .setAmbiguous(ambiguous)
                .putAllMetadata(new HashMap<>(metadata));
        if (leader != null) {
            error.setLeader(leader);
        }
        return error.build();
    }

    /** With the code before it, as logs and stack traces show it. */
    private static String message(Error facts) {
        String unknown = facts.getAmbiguous() ? " (outcome unknown)" : "";
        return switch (facts.getCode()) {
            case ERROR_CODE_UNSPECIFIED, UNRECOGNIZED -> facts.getMessage() + unknown;
            default -> ErrorTable.name(facts.getCode()) + unknown + ": " + facts.getMessage();
        };
    }

    private FlotillaException copy(Error facts) {
        return new FlotillaException(status, retriable, ambiguous, facts, getCause());
    }
}
