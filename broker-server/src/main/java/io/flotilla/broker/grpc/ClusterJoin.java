package io.flotilla.broker.grpc;

import io.flotilla.client.Endpoint;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.Peer;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.AddBrokerResponse;
import io.flotilla.v1.AdminServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.util.ArrayList;
import java.util.List;
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
     * Asks each of {@code brokers} until one answers.
     *
     * @throws FlotillaException if the cluster refuses this node, or retriable if nobody could be reached
     */
    public static Admission ask(List<Endpoint> brokers, AddBrokerRequest request) {
        FlotillaException last = null;
        for (Endpoint broker : brokers) {
            ManagedChannel channel = NettyChannelBuilder.forTarget(broker.toString())
                    .usePlaintext()
                    .proxyDetector(address -> null)
                    .build();
            try {
                return admission(AdminServiceGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                        .addBroker(request));
            } catch (StatusRuntimeException e) {
                last = GrpcErrors.from(e);
                if (!last.retriable()) {
                    throw last;
                }
                log.info("cannot join through a broker yet address={} why={}", broker, last.description());
            } finally {
                channel.shutdownNow();
            }
        }
        throw last == null ? Errors.invalid("no broker to join is named") : last;
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
