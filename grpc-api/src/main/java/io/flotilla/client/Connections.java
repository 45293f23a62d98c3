package io.flotilla.client;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The client's channels: one per broker and kind of traffic, made when first needed and kept until the client is closed.
 * Bulk traffic has channels of its own, so that it cannot hold up metadata. Callbacks run on the network threads, which
 * are the client's own and end with it, and must not block. Safe for any thread.
 */
final class Connections implements AutoCloseable {
    /** Kinds of traffic that do not share a connection. */
    enum Kind {
        CONTROL,
        PRODUCE,
        CONSUME
    }

    private record Key(Endpoint endpoint, Kind kind) {}

    private static final int CLOSE_TIMEOUT_S = 5;
    private static final int MAX_INBOUND_BYTES = 16 << 20;
    private static final int FLOW_CONTROL_WINDOW = 2 << 20;

    private final ClientConfig config;
    private final EventLoopGroup network = new MultiThreadIoEventLoopGroup(
            Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("flotilla-client-io", true),
            NioIoHandler.newFactory());
    private final Map<Key, ManagedChannel> channels = new ConcurrentHashMap<>();

    Connections(ClientConfig config) {
        this.config = config;
    }

    /** The channel to use for a new call; if it is waiting to dial again, it does so at once. */
    ManagedChannel channel(Endpoint endpoint, Kind kind) {
        ManagedChannel channel = channels.computeIfAbsent(new Key(endpoint, kind), key -> open(endpoint));
        channel.resetConnectBackoff(); // callers have a backoff of their own; gRPC's grows to two minutes
        return channel;
    }

    /** Where ends of streams are counted. */
    ClientMeters meters() {
        return config.meters();
    }

    private ManagedChannel open(Endpoint endpoint) {
        return NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .eventLoopGroup(network)
                .channelType(NioSocketChannel.class)
                .usePlaintext()
                .directExecutor()
                .keepAliveTime(config.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(config.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveWithoutCalls(true)
                .maxInboundMessageSize(MAX_INBOUND_BYTES)
                .initialFlowControlWindow(FLOW_CONTROL_WINDOW)
                .disableRetry() // its buffer would hold every message sent
                .build();
    }

    /** Breaks all calls; their ends have been reported when this returns, unless that takes too long. */
    @Override
    public void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels.values()) {
                channel.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
            }
            network.shutdownGracefully(0, CLOSE_TIMEOUT_S, TimeUnit.SECONDS).await(CLOSE_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
