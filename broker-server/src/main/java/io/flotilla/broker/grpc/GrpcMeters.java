package io.flotilla.broker.grpc;

import io.grpc.ForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Counts and times calls by method and status, and counts messages by method and direction. */
public final class GrpcMeters implements ServerInterceptor {
    private final MeterRegistry registry;
    private final LongSupplier nanoClock;
    private final Map<String, Messages> messages = new ConcurrentHashMap<>();

    private record Messages(Counter received, Counter sent) {}

    public GrpcMeters(MeterRegistry registry, LongSupplier nanoClock) {
        this.registry = registry;
        this.nanoClock = nanoClock;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Messages counters = messages.computeIfAbsent(method, this::messages);
        long started = nanoClock.getAsLong();
        ServerCall<Q, A> measured = new ForwardingServerCall.SimpleForwardingServerCall<>(call) {
            @Override
            public void request(int count) {
                counters.received().increment(count);
                super.request(count);
            }

            @Override
            public void sendMessage(A message) {
                counters.sent().increment();
                super.sendMessage(message);
            }

            @Override
            public void close(Status status, Metadata trailers) {
                Timer.builder("flotilla.grpc.calls")
                        .description("Calls of the client listener, until their end")
                        .tag("method", method)
                        .tag("code", status.getCode().name())
                        .register(registry)
                        .record(nanoClock.getAsLong() - started, TimeUnit.NANOSECONDS);
                super.close(status, trailers);
            }
        };
        return next.startCall(measured, headers);
    }

    private Messages messages(String method) {
        return new Messages(counter(method, "requested"), counter(method, "sent"));
    }

    private Counter counter(String method, String direction) {
        return Counter.builder("flotilla.grpc.messages")
                .description("Messages of the client listener: asked for by the broker, or sent by it")
                .tag("method", method)
                .tag("direction", direction)
                .register(registry);
    }
}
