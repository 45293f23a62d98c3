package io.flotilla.metadata;

import java.util.List;
import java.util.Optional;

/**
 * How many replicas a partition may have. Odd numbers only: a record counts once a majority has it, so a fourth replica
 * costs as much as each of the three others and survives no further failure.
 */
public final class ReplicationFactor {
    public static final List<Integer> ALLOWED = List.of(1, 3, 5);

    private ReplicationFactor() {}

    /** What is wrong with {@code replicationFactor}, if anything. */
    public static Optional<String> problem(int replicationFactor) {
        return ALLOWED.contains(replicationFactor)
                ? Optional.empty()
                : Optional.of(
                        "replication factor is %d; must be 1, 3 or 5: a majority of an even number survives no more"
                                .formatted(replicationFactor));
    }

    /** For a topic that asks for none: 3 if there are as many active brokers, else 1. */
    public static int defaultFor(MetadataImage image) {
        long active = image.brokers().all().stream()
                .filter(b -> b.state() == RegisteredBroker.State.ACTIVE)
                .count();
        return active >= 3 ? 3 : 1;
    }
}
