package io.flotilla.broker.storage;

import io.flotilla.raft.Peer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Whose a data directory is.
 *
 * @param nodeId of the broker
 * @param directoryId made once with the directory; tells this directory from an empty one put in its place
 * @param clusterId empty until the node belongs to a cluster
 * @param metadataVoters where the metadata group was last known to be; empty until the node knows
 * @param metadataPhase where the node stands in the metadata group
 */
public record NodeIdentity(
        int nodeId, UUID directoryId, String clusterId, List<Peer> metadataVoters, MemberPhase metadataPhase) {
    public static final String NO_CLUSTER = "";

    private static final String FORMAT = "1";

    public NodeIdentity {
        metadataVoters = List.copyOf(metadataVoters);
    }

    public boolean hasCluster() {
        return !clusterId.equals(NO_CLUSTER);
    }

    public NodeIdentity in(MemberPhase phase) {
        return new NodeIdentity(nodeId, directoryId, clusterId, metadataVoters, phase);
    }

    public NodeIdentity with(String cluster, List<Peer> voters) {
        return new NodeIdentity(nodeId, directoryId, cluster, voters, metadataPhase);
    }

    Map<String, String> toProperties() {
        return Map.of(
                "format", FORMAT,
                "node.id", Integer.toString(nodeId),
                "directory.id", directoryId.toString(),
                "cluster.id", clusterId,
                "metadata.voters", metadataVoters.stream().map(Peer::toString).collect(Collectors.joining(",")),
                "metadata.phase", metadataPhase.name());
    }

    static NodeIdentity fromProperties(Map<String, String> values) {
        if (!FORMAT.equals(values.get("format"))) {
            throw new IllegalArgumentException(
                    "format is %s; this release reads format %s".formatted(values.get("format"), FORMAT));
        }
        String voters = values.getOrDefault("metadata.voters", "");
        return new NodeIdentity(
                Integer.parseInt(values.getOrDefault("node.id", "")),
                UUID.fromString(values.getOrDefault("directory.id", "")),
                values.getOrDefault("cluster.id", NO_CLUSTER),
                voters.isEmpty()
                        ? List.of()
                        : Arrays.stream(voters.split(",", -1)).map(Peer::parse).toList(),
                MemberPhase.valueOf(values.getOrDefault("metadata.phase", "")));
    }
}
