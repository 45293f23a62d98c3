package io.flotilla.metadata;

import java.util.HashSet;
import java.util.List;

/**
 * Which brokers hold a partition.
 *
 * @param replicas broker ids in order of preference: the first leads when it can; at least one, none twice
 */
public record PartitionAssignment(List<Integer> replicas) {
    public PartitionAssignment {
        replicas = List.copyOf(replicas);
        if (replicas.isEmpty() || new HashSet<>(replicas).size() != replicas.size()) {
            throw new IllegalArgumentException(
                    "replicas are on brokers %s; name at least one broker, and none twice".formatted(replicas));
        }
    }

    public static PartitionAssignment on(Integer... brokerIds) {
        return new PartitionAssignment(List.of(brokerIds));
    }

    /** The broker that leads when it can. */
    public int preferredLeader() {
        return replicas.get(0);
    }

    public boolean isOn(int brokerId) {
        return replicas.contains(brokerId);
    }

    @Override
    public String toString() {
        return replicas.toString();
    }
}
