package io.flotilla.broker.grpc;

import io.flotilla.v1.BrokerEndpoint;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Connections to the client listeners of other brokers, over which requests are forwarded. Safe for any thread. */
final class BrokerChannels implements AutoCloseable {
    private final int nodeId;
    private final int maxMessageBytes;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

    BrokerChannels(int nodeId, int maxMessageBytes) {
        this.nodeId = nodeId;
        this.maxMessageBytes = maxMessageBytes;
    }

    /** Calls over this channel carry the mark of a forwarded call. */
    Channel to(BrokerEndpoint broker) {
        String host = broker.getHost().indexOf(':') >= 0 ? "[" + broker.getHost() + "]" : broker.getHost();
        ManagedChannel channel = channels.computeIfAbsent(host + ":" + broker.getPort(), this::connect);
        Metadata mark = new Metadata();
        mark.put(Forwarding.HEADER, Integer.toString(nodeId));
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(mark));
    }

    static CallOptions within(int timeoutMs) {
        return CallOptions.DEFAULT.withDeadlineAfter(timeoutMs, TimeUnit.MILLISECONDS);
    }

    private ManagedChannel connect(String target) {
        return NettyChannelBuilder.forTarget(target)
                .usePlaintext()
                .disableRetry()
                .proxyDetector(address -> null)
                .maxInboundMessageSize(maxMessageBytes)
                .keepAliveTime(20, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .build();
    }

    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
