package io.flotilla.broker;

import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.control.Loop;
import io.flotilla.broker.control.MetadataMember;
import io.flotilla.broker.grpc.ClusterJoin;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.NodeIdentity;
import io.flotilla.broker.version.BrokerVersion;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.Peer;
import io.flotilla.v1.AddBrokerRequest;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.InternalEndpoint;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a broker gets into the metadata group: back in, if it was there before; as one of the first voters; by asking a
 * cluster to take it in; or as a cluster of one.
 */
final class MetadataEntry {
    private static final Logger log = LoggerFactory.getLogger(MetadataEntry.class);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final BrokerConfig config;
    private final BrokerIdentity identity;
    private final DataDirectory directory;
    private final MetadataMember metadata;
    private final Loop loop;
    private final Broker.Fatal fatal;

    MetadataEntry(
            BrokerConfig config,
            BrokerIdentity identity,
            DataDirectory directory,
            MetadataMember metadata,
            Loop loop,
            Broker.Fatal fatal) {
        this.config = config;
        this.identity = identity;
        this.directory = directory;
        this.metadata = metadata;
        this.loop = loop;
        this.fatal = fatal;
    }

    void enter() {
        NodeIdentity known = directory.identity();
        if (known.metadataPhase() != MemberPhase.NEW) {
            open(known.metadataVoters());
            if (!config.node().join().isEmpty()) {
                confirmCluster();
            }
        } else if (!config.node().initialVoters().isEmpty()) {
            open(config.node().initialVoters());
        } else if (!config.node().join().isEmpty()) {
            join();
        } else {
            open(List.of(identity.self()));
        }
    }

    private void open(List<Peer> voters) {
        boolean votes =
                voters.stream().anyMatch(peer -> peer.nodeId() == config.node().id());
        var unused = votes ? metadata.openVoter(voters) : metadata.openListener(voters);
    }

    private void join() {
        var unused = ClusterJoin.ask(config.node().join(), request())
                .whenCompleteAsync(
                        (admission, error) -> {
                            if (error == null) {
                                log.info("joining cluster id={} voters={}", admission.clusterId(), admission.voters());
                                open(admission.voters());
                            } else if (!refused(error)) {
                                loop.after(ASK_AGAIN, this::join);
                            }
                        },
                        loop);
    }

    /** A data directory of another cluster must not serve under this one's address. */
    private void confirmCluster() {
        var unused = ClusterJoin.ask(config.node().join(), request())
                .whenCompleteAsync(
                        (admission, error) -> {
                            if (error != null) {
                                refused(error);
                            }
                        },
                        loop);
    }

    /** Whether asking again would change nothing; then the broker cannot go on. */
    private boolean refused(Throwable error) {
        FlotillaException why = GrpcErrors.from(error);
        if (!why.retriable()) {
            fatal.because("the cluster does not take this broker: " + why.description());
        }
        return !why.retriable();
    }

    private AddBrokerRequest request() {
        return AddBrokerRequest.newBuilder()
                .setBrokerId(config.node().id())
                .setRaft(InternalEndpoint.newBuilder()
                        .setHost(identity.self().host())
                        .setPort(identity.self().port()))
                .setClient(BrokerEndpoint.newBuilder()
                        .setHost(identity.clientHost())
                        .setPort(config.listener().port()))
                .setRack(config.node().rack())
                .setClusterId(directory.identity().clusterId())
                .setVersion(BrokerVersion.VERSION)
                .build();
    }
}
