package io.flotilla.broker.grpc;

import io.flotilla.v1.BrokerEndpoint;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Connections to the client listeners of other brokers, over which requests are forwarded. A call over them does not end
 * with the client's call that caused it: it has a deadline of its own. Safe for any thread.
 */
final class BrokerChannels implements AutoCloseable {
    private final int nodeId;
    private final int maxMessageBytes;
    private final Map<Target, ManagedChannel> channels = new ConcurrentHashMap<>();

    /** Each has its own connection to a broker, as the calls of a connection are limited and those that wait stay long. */
    enum Use {
        /** Answered at once. */
        CALLS,
        /** Long polls of this broker, for its readers. */
        READS,
        /** Long polls of clients. */
        FORWARDED_FETCHES
    }

    private record Target(String address, Use use) {}

    BrokerChannels(int nodeId, int maxMessageBytes) {
        this.nodeId = nodeId;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Calls over this channel carry the mark of a forwarded call. */
    Channel to(BrokerEndpoint broker, Use use) {
        String host = broker.getHost().indexOf(':') >= 0 ? "[" + broker.getHost() + "]" : broker.getHost();
        ManagedChannel channel =
                channels.computeIfAbsent(new Target(host + ":" + broker.getPort(), use), this::connect);
        Metadata mark = new Metadata();
        mark.put(Forwarding.HEADER, Integer.toString(nodeId));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(mark), new Detached());
    }

    static CallOptions within(int timeoutMs) {
        return CallOptions.DEFAULT.withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
    }

    private ManagedChannel connect(Target target) {
        return NettyChannelBuilder.forTarget(target.address())
                .usePlaintext()
                .disableRetry()
                .proxyDetector(address -> null)
                .maxInboundMessageSize(maxMessageBytes)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
    }

    /** Begins calls outside of the call that is being answered, which would end them with itself. */
    private static final class Detached implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
            Context caller = Context.ROOT.attach();
            try {
                return next.newCall(method, options);
            } finally {
                Context.ROOT.detach(caller);
            }
        }
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
