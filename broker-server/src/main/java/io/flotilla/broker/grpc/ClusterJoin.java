package io.flotilla.broker.grpc;

import io.flotilla.client.Endpoint;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.Peer;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.AddBrokerResponse;
import io.flotilla.v1.AdminServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a cluster to take this node in. */
public final class ClusterJoin {
    private static final Logger log = LoggerFactory.getLogger(ClusterJoin.class);
    private static final int TIMEOUT_SECONDS = 5;

    private ClusterJoin() {}

    /** The cluster's answer: its id, and the voters of its metadata group. */
    public record Admission(String clusterId, List<Peer> voters) {
        public Admission {
            voters = List.copyOf(voters);
        }
    }

    /**
     * Asks each of {@code brokers} until one answers; waits for none. Fails with a {@link FlotillaException} if the cluster
     * refuses this node, or a retriable one if nobody could be reached.
     */
    public static CompletableFuture<Admission> ask(List<Endpoint> brokers, AddBrokerRequest request) {
        return ask(new ArrayDeque<>(brokers), request, Errors.invalid("no broker to join is named"));
    }

    private static CompletableFuture<Admission> ask(
            Deque<Endpoint> next, AddBrokerRequest request, FlotillaException last) {
        Endpoint broker = next.poll();
        return broker == null
                ? CompletableFuture.failedFuture(last)
                : ask(broker, request).exceptionallyCompose(error -> {
                    FlotillaException why = GrpcErrors.from(error);
                    if (!why.retriable()) {
                        return CompletableFuture.failedFuture(why);
                    }
                    log.info("cannot join through a broker yet address={} why={}", broker, why.description());
                    return ask(next, request, why);
                });
    }

    private static CompletableFuture<Admission> ask(Endpoint broker, AddBrokerRequest request) {
        ManagedChannel channel = NettyChannelBuilder.forTarget(broker.toString())
                .usePlaintext()
                .proxyDetector(address -> null)
                .build();
        return OffsetLookup.future(AdminServiceGrpc.newFutureStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .addBroker(request))
                .whenComplete((answer, error) -> channel.shutdownNow())
                .thenApply(ClusterJoin::admission);
    }

    private static Admission admission(AddBrokerResponse response) {
        List<Peer> voters = new ArrayList<>();
        for (AddBrokerResponse.MetadataMember member : response.getMetadataMembersList()) {
            if (member.getVoter()) {
                voters.add(new Peer(
                        member.getBrokerId(),
                        member.getRaft().getHost(),
                        member.getRaft().getPort()));
            }
        }
        return new Admission(response.getClusterId(), voters);
    }
}
