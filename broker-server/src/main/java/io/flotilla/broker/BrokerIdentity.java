package io.flotilla.broker;

import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.version.BrokerVersion;
import io.flotilla.metadata.BrokerEndpoints;
import io.flotilla.metadata.BrokerRegistration;
import io.flotilla.metadata.Endpoint;
import io.flotilla.metadata.FeatureLevel;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftConfig;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Who this broker is to others, and how it takes part in Raft.
 *
 * @param self where other brokers reach it
 * @param clientHost where clients reach it, at the port that was found
 * @param incarnation this run of the process
 */
record BrokerIdentity(BrokerConfig config, Peer self, String clientHost, UUID incarnation, long startedAtMs) {
    /** @throws IllegalArgumentException if the configuration says two things of this broker's address */
    static BrokerIdentity of(BrokerConfig config, UUID incarnation, long startedAtMs) {
        int id = config.node().id();
        String host = config.listener().reachableHost();
        Peer self = config.node().initialVoters().stream()
                .filter(voter -> voter.nodeId() == id)
                .findFirst()
                .orElseGet(() -> new Peer(id, host, config.listener().raftPort()));
        if (self.port() != config.listener().raftPort()) {
            throw new IllegalArgumentException(
                    "node.initial-voters says that broker %d has internal port %d, but listener.raft-port is %d"
                            .formatted(id, self.port(), config.listener().raftPort()));
        }
        return new BrokerIdentity(config, self, host, incarnation, startedAtMs);
    }

    RaftConfig raftConfig(Path directory) {
        RaftConfig defaults = RaftConfig.in(directory);
        return new RaftConfig(
                directory,
                config.listener().host(),
                config.raft().electionTimeoutMin(),
                config.raft().electionTimeoutMax(),
                defaults.firstElectionTimeoutMin(),
                defaults.firstElectionTimeoutMax(),
                config.raft().pingInterval(),
                config.raft().peerSilence(),
                defaults.flushTimeout(),
                config.raft().keptEntries(),
                defaults.maxEntryBytes(),
                config.raft().tuning());
    }

    /** Largest entry a partition may propose, with room for what Raft puts around it. */
    int maxEntryBytes() {
        return RaftConfig.in(Path.of("")).maxEntryBytes() - (16 << 10);
    }

    /** What the cluster is told, with the ports that were found where any would do. */
    BrokerRegistration registration(DataDirectory directory, int clientPort, int httpPort) {
        return new BrokerRegistration(
                self.nodeId(),
                incarnation,
                directory.identity().directoryId(),
                new BrokerEndpoints(
                        new Endpoint(clientHost, clientPort), new Endpoint(self.host(), self.port()), httpPort),
                config.node().rack(),
                BrokerVersion.VERSION,
                FeatureLevel.LATEST,
                startedAtMs);
    }
}
