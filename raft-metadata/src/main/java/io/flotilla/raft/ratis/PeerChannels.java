package io.flotilla.raft.ratis;

import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerUnreachableException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/** {@link PeerCalls} over one connection per address, apart from those Ratis uses. */
final class PeerChannels implements PeerCalls, AutoCloseable {
    private final PeerListener listener;
    private final ConcurrentMap<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private volatile boolean closed;

    PeerChannels(PeerListener listener) {
        this.listener = listener;
    }

    @Override
    public void handle(String method, Handler handler) {
        listener.handle(method, handler);
    }

    @Override
    public CompletableFuture<byte[]> call(Peer peer, String method, byte[] request, Duration timeout) {
        if (request.length > MAX_BYTES) {
            return CompletableFuture.failedFuture(
                    new IllegalArgumentException("request %s to %s has %d bytes; at most %d fit"
                            .formatted(method, peer, request.length, MAX_BYTES)));
        }
        ManagedChannel channel;
        try {
            channel = channels.computeIfAbsent(peer.address(), this::connect);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return CompletableFuture.failedFuture(
                    new PeerUnreachableException("%s cannot be called: %s".formatted(peer, e.getMessage()), false));
        }
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff(); // the caller paces itself; a peer that is back is to be noticed at once
        }
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        ClientCalls.asyncUnaryCall(
                channel.newCall(
                        PeerListener.METHOD,
                        CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS)),
                new PeerRequest(method, request).encode(),
                new StreamObserver<>() {
                    @Override
                    public void onNext(byte[] answer) {
                        result.complete(answer);
                    }

                    @Override
                    public void onError(Throwable error) {
                        result.completeExceptionally(unreachable(peer, method, error));
                    }

                    @Override
                    public void onCompleted() {
                        result.completeExceptionally(
                                new PeerUnreachableException("%s: no answer to %s".formatted(peer, method), false));
                    }
                });
        return result;
    }

    private static PeerUnreachableException unreachable(Peer peer, String method, Throwable error) {
        Status status = Status.fromThrowable(error);
        boolean refused = status.getCode() == Status.Code.UNAVAILABLE && caused(error, ConnectException.class);
        return new PeerUnreachableException(
                "%s: no answer to %s: %s %s".formatted(peer, method, status.getCode(), status.getDescription()),
                refused);
    }

    private static boolean caused(Throwable error, Class<? extends Throwable> type) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private ManagedChannel connect(String address) {
        if (closed) {
            throw new IllegalStateException("this node is closed");
        }
        return NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .proxyDetector(target -> null)
                .disableRetry()
                .maxInboundMessageSize(MAX_BYTES)
                .keepAliveTime(5, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .keepAliveWithoutCalls(true)
                .build();
    }

    @Override
    public void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
    }
}
