package io.flotilla.broker.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Marks calls that another broker passes on, so that none is passed on twice. */
final class Forwarding implements ServerInterceptor {
    static final Metadata.Key<String> HEADER =
            Metadata.Key.of("flotilla-forwarded-by", Metadata.ASCII_STRING_MARSHALLER);

    private static final Context.Key<Boolean> FORWARDED = Context.keyWithDefault("flotilla-forwarded", false);

    /** Whether the call at hand comes from another broker. */
    static boolean isForwarded() {
        return FORWARDED.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return headers.containsKey(HEADER)
                ? Contexts.interceptCall(Context.current().withValue(FORWARDED, true), call, headers, next)
                : next.startCall(call, headers);
    }
}
