package io.flotilla.broker.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import io.flotilla.v1.Error;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The end of a failed call, taken apart with nothing but what gRPC and Google's error model define. */
record EndOfCall(Status.Code status, @Nullable String description, Error error, ErrorInfo info, Metadata trailers) {
    static EndOfCall of(StatusRuntimeException failure) {
        com.google.rpc.Status details = StatusProto.fromThrowable(failure);
        if (details == null) {
            throw new AssertionError("no details", failure);
        }
        return new EndOfCall(
                failure.getStatus().getCode(),
                failure.getStatus().getDescription(),
                detail(details, Error.class),
                detail(details, ErrorInfo.class),
                Objects.requireNonNull(failure.getTrailers()));
    }

    @Nullable
    String trailer(String name) {
        return trailers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }

    private static <T extends Message> T detail(com.google.rpc.Status details, Class<T> type) {
        try {
            for (Any any : details.getDetailsList()) {
                if (any.is(type)) {
                    return any.unpack(type);
                }
            }
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("no %s in %s".formatted(type.getSimpleName(), details));
    }
}
