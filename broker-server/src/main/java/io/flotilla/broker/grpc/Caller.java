package io.flotilla.broker.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetSocketAddress;

/** Where the client of a call is. */
final class Caller implements ServerInterceptor {
    private static final Context.Key<String> HOST = Context.keyWithDefault("flotilla-caller", "127.0.0.1");

    /** The address of the client of the call at hand, as text. */
    static String host() {
        return HOST.get();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress address
                ? Contexts.interceptCall(
                        Context.current().withValue(HOST, address.getAddress().getHostAddress()), call, headers, next)
                : next.startCall(call, headers);
    }
}
