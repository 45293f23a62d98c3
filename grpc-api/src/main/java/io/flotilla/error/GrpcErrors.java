package io.flotilla.error;

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
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Errors as the end of an RPC. The same facts travel three times: as our {@link Error} and google.rpc details inside
 * {@code grpc-status-details-bin}, and as ASCII trailers for clients that cannot read those.
 */
public final class GrpcErrors {
    static final Metadata.Key<String> CODE = ascii("flotilla-code");
    static final Metadata.Key<String> RETRIABLE = ascii("flotilla-retriable");
    static final Metadata.Key<String> RETRY_AFTER_MS = ascii("flotilla-retry-after-ms");
    static final Metadata.Key<String> LEADER = ascii("flotilla-leader");
    static final Metadata.Key<com.google.rpc.Status> DETAILS = Metadata.Key.of(
            "grpc-status-details-bin", ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

    private static final String DOMAIN = "flotilla";
    // trailers are limited to 8 KiB as a whole and the message travels twice
    private static final int MAX_MESSAGE_CHARS = 1024;
    private static final int UNKNOWN_EPOCH = -1;

    private GrpcErrors() {}

    /** The exception that ends an RPC with {@code error}. */
    public static StatusRuntimeException toStatus(FlotillaException error) {
        Error facts = shortened(error.toError());
        Status status = Status.fromCode(error.status()).withDescription(facts.getMessage());
        return status.withCause(error).asRuntimeException(trailers(status, facts));
    }

    /**
     * What a failed call means. Looks through the wrappers of futures; a gRPC status without our details (from a proxy,
     * a broken connection, a crash) is judged by its code alone.
     */
    public static FlotillaException from(Throwable failure) {
        if (failure instanceof FlotillaException known) {
            return known;
        }
        if (failure instanceof StatusRuntimeException e) {
            return fromStatus(e.getStatus(), e.getTrailers(), e);
        }
        if (failure instanceof StatusException e) {
            return fromStatus(e.getStatus(), e.getTrailers(), e);
        }
        if ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() != null) {
            return from(failure.getCause());
        }
        return FlotillaException.of(ErrorCode.ERROR_CODE_INTERNAL, String.valueOf(failure))
                .withCause(failure);
    }

    private static FlotillaException fromStatus(Status status, @Nullable Metadata trailers, Throwable cause) {
        Error error = trailers == null ? null : fromDetails(trailers);
        if (error == null && trailers != null) {
            error = fromTrailers(status, trailers);
        }
        return FlotillaException.fromCall(status.getCode(), error != null ? error : fromBare(status), cause);
    }

    private static @Nullable Error fromDetails(Metadata trailers) {
        com.google.rpc.Status details = trailers.get(DETAILS);
        if (details == null) {
            return null;
        }
        for (Any detail : details.getDetailsList()) {
            if (detail.is(Error.class)) {
                try {
                    return detail.unpack(Error.class);
                } catch (InvalidProtocolBufferException e) {
                    return null; // damaged on the way: the trailers still say enough
                }
            }
        }
        return null;
    }

    private static @Nullable Error fromTrailers(Status status, Metadata trailers) {
        String code = trailers.get(CODE);
        if (code == null) {
            return null;
        }
        Error.Builder error = Error.newBuilder()
                .setCode(ErrorTable.named(code))
                .setMessage(message(status))
                .setRetriable("1".equals(trailers.get(RETRIABLE)))
                .setRetryAfterMs(number(trailers.get(RETRY_AFTER_MS)));
        String leader = trailers.get(LEADER);
        int colon = leader == null ? -1 : leader.lastIndexOf(':');
        if (leader != null && colon > 0) {
            error.setLeader(LeaderHint.newBuilder()
                    .setLeaderEpoch(UNKNOWN_EPOCH)
                    .setEndpoint(BrokerEndpoint.newBuilder()
                            .setBrokerId(-1)
                            .setHost(withoutBrackets(leader.substring(0, colon)))
                            .setPort(number(leader.substring(colon + 1)))));
        }
        return error.build();
    }

    private static Error fromBare(Status status) {
        Error.Builder error = Error.newBuilder().setMessage(message(status));
        if (neverConnected(status.getCause())) {
            return error.setRetriable(true).build();
        }
        switch (status.getCode()) {
            case UNAVAILABLE, RESOURCE_EXHAUSTED, ABORTED ->
                error.setRetriable(true).setAmbiguous(true);
            case INTERNAL ->
                error.setCode(ErrorCode.ERROR_CODE_INTERNAL)
                        .setRetriable(wasReset(status))
                        .setAmbiguous(true);
            case DEADLINE_EXCEEDED ->
                error.setCode(ErrorCode.ERROR_CODE_TIMED_OUT).setAmbiguous(true);
            case CANCELLED, UNKNOWN -> error.setAmbiguous(true);
            case UNIMPLEMENTED -> error.setCode(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
            case INVALID_ARGUMENT -> error.setCode(ErrorCode.ERROR_CODE_INVALID_REQUEST);
            case NOT_FOUND -> error.setCode(ErrorCode.ERROR_CODE_NOT_FOUND);
            case ALREADY_EXISTS -> error.setCode(ErrorCode.ERROR_CODE_ALREADY_EXISTS);
            default -> {}
        }
        return error.build();
    }

    /** True when the call never left this process, because there was nobody to send it to. */
    private static boolean neverConnected(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof UnknownHostException) {
                return true;
            }
        }
        return false;
    }

    private static boolean wasReset(Status status) {
        return Objects.requireNonNullElse(status.getDescription(), "").contains("RST_STREAM");
    }

    private static Metadata trailers(Status status, Error facts) {
        Metadata trailers = new Metadata();
        trailers.put(CODE, ErrorTable.name(facts.getCode()));
        trailers.put(RETRIABLE, facts.getRetriable() ? "1" : "0");
        com.google.rpc.Status.Builder details = com.google.rpc.Status.newBuilder()
                .setCode(status.getCode().value())
                .setMessage(facts.getMessage())
                .addDetails(Any.pack(facts))
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(ErrorTable.name(facts.getCode()))
                        .setDomain(DOMAIN)
                        .build()));
        if (facts.getRetryAfterMs() > 0) {
            trailers.put(RETRY_AFTER_MS, Integer.toString(facts.getRetryAfterMs()));
            details.addDetails(Any.pack(RetryInfo.newBuilder()
                    .setRetryDelay(milliseconds(facts.getRetryAfterMs()))
                    .build()));
        }
        if (facts.hasLeader()) {
            trailers.put(LEADER, hostAndPort(facts.getLeader().getEndpoint()));
        }
        trailers.put(DETAILS, details.build());
        return trailers;
    }

    private static Error shortened(Error facts) {
        String message = facts.getMessage();
        return message.length() <= MAX_MESSAGE_CHARS
                ? facts
                : facts.toBuilder()
                        .setMessage(message.substring(0, MAX_MESSAGE_CHARS - 3) + "...")
                        .build();
    }

    private static String message(Status status) {
        String description = status.getDescription();
        if (description == null && status.getCause() != null) {
            description = status.getCause().toString();
        }
        return description == null ? status.getCode().name() : status.getCode().name() + ": " + description;
    }

    private static Duration milliseconds(int ms) {
        return Duration.newBuilder()
                .setSeconds(ms / 1000)
                .setNanos(ms % 1000 * 1_000_000)
                .build();
    }

    private static String hostAndPort(BrokerEndpoint endpoint) {
        String host = endpoint.getHost();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + endpoint.getPort();
    }

    private static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int number(@Nullable String text) {
        try {
            return text == null ? 0 : Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }
}
