package io.flotilla.metadata;

import io.flotilla.metadata.config.Configs;
import java.util.List;
import java.util.Optional;

/**
 * One topic.
 *
 * @param createdAtMs clock of the leader that proposed its creation, milliseconds since 1970
 * @param createdVersion image version at which it was created
 * @param configs what is set for this topic alone, see {@link MetadataImage#configOf}
 * @param partitions by partition number, from 0; 1 to {@value #MAX_PARTITIONS}
 */
public record Topic(
        TopicId id,
        String name,
        long createdAtMs,
        long createdVersion,
        Configs configs,
        List<PartitionAssignment> partitions) {
    public static final int MAX_PARTITIONS = 10_000;

    public Topic {
        partitions = List.copyOf(partitions);
        partitionCountProblem(partitions.size()).ifPresent(problem -> {
            throw new IllegalArgumentException("topic %s: %s".formatted(name, problem));
        });
    }

    /** What is wrong with a topic of so many partitions, if anything. */
    public static Optional<String> partitionCountProblem(int count) {
        return count >= 1 && count <= MAX_PARTITIONS
                ? Optional.empty()
                : Optional.of("number of partitions is %d; must be 1 to %d".formatted(count, MAX_PARTITIONS));
    }

    public boolean internal() {
        return TopicName.isInternal(name);
    }

    public int replicationFactor() {
        return partitions.get(0).replicas().size();
    }

    Topic withConfigs(Configs newConfigs) {
        return new Topic(id, name, createdAtMs, createdVersion, newConfigs, partitions);
    }
}
