package io.flotilla.broker.storage;

import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.raft.Peer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a replica's directory says about itself, so that the replica can be opened before the metadata is known.
 *
 * @param name of the partition, for people: {@code orders/3}
 * @param topicVersion metadata version at which the topic was created: metadata at least as new that does not know the
 *     topic has seen its deletion
 * @param peers all replicas, the preferred leader first
 * @param phase where the replica stands in its group
 * @param segments how the log is divided
 */
public record ReplicaDescription(
        PartitionId id, String name, long topicVersion, List<Peer> peers, MemberPhase phase, SegmentSettings segments) {
    public ReplicaDescription {
        peers = List.copyOf(peers);
    }

    public ReplicaDescription in(MemberPhase now) {
        return new ReplicaDescription(id, name, topicVersion, peers, now, segments);
    }

    public ReplicaDescription with(SegmentSettings newSegments) {
        return new ReplicaDescription(id, name, topicVersion, peers, phase, newSegments);
    }

    Map<String, String> toProperties() {
        Map<String, String> properties = new TreeMap<>(Map.of(
                "topic.id", id.topic().toString(),
                "partition", Integer.toString(id.partition()),
                "name", name,
                "topic.version", Long.toString(topicVersion),
                "peers", peers.stream().map(Peer::toString).collect(Collectors.joining(",")),
                "phase", phase.name()));
        segments.addTo(properties);
        return properties;
    }

    static ReplicaDescription fromProperties(Map<String, String> values) {
        return new ReplicaDescription(
                new PartitionId(
                        TopicId.parse(values.getOrDefault("topic.id", "")),
                        Integer.parseInt(values.getOrDefault("partition", ""))),
                values.getOrDefault("name", ""),
                Long.parseLong(values.getOrDefault("topic.version", "")),
                Arrays.stream(values.getOrDefault("peers", "").split(",", -1))
                        .map(Peer::parse)
                        .toList(),
                MemberPhase.valueOf(values.getOrDefault("phase", "")),
                SegmentSettings.from(values));
    }
}
