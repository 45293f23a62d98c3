package io.flotilla.metadata;

import io.flotilla.metadata.config.Configs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One topic.
 *
 * @param createdAtMs clock of the leader that proposed its creation, milliseconds since 1970
 * @param createdVersion image version at which it was created
 * @param configs what is set for this topic alone, see {@link MetadataImage#configOf}
 * @param partitions by partition number, from 0; 1 to {@value #MAX_PARTITIONS}
 * @param growth when partitions were added, in that order; empty = all are as old as the topic
 */
public record Topic(
        TopicId id,
        String name,
        long createdAtMs,
        long createdVersion,
        Configs configs,
        List<PartitionAssignment> partitions,
        List<Growth> growth) {
    public static final int MAX_PARTITIONS = 10_000;

    /**
     * Partitions that came later than the topic.
     *
     * @param from number of the first of them
     * @param version image version at which they were added
     */
    public record Growth(int from, long version) {}

    public Topic {
        partitions = List.copyOf(partitions);
        growth = List.copyOf(growth);
        partitionCountProblem(partitions.size()).ifPresent(problem -> {
            throw new IllegalArgumentException("topic %s: %s".formatted(name, problem));
        });
    }

    /** A topic whose partitions are all as old as itself. */
    public Topic(
            TopicId id,
            String name,
            long createdAtMs,
            long createdVersion,
            Configs configs,
            List<PartitionAssignment> partitions) {
        this(id, name, createdAtMs, createdVersion, configs, partitions, List.of());
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
        return new Topic(id, name, createdAtMs, createdVersion, newConfigs, partitions, growth);
    }

    /** With {@code more} partitions behind those there are. */
    Topic with(List<PartitionAssignment> more, long version) {
        List<PartitionAssignment> all = new ArrayList<>(partitions);
        all.addAll(more);
        List<Growth> grown = new ArrayList<>(growth);
        grown.add(new Growth(partitions.size(), version));
        return new Topic(id, name, createdAtMs, createdVersion, configs, all, grown);
    }

    /** Image version at which the partition came into being. */
    public long createdVersionOf(int partition) {
        long version = createdVersion;
        for (Growth step : growth) {
            version = step.from() <= partition ? step.version() : version;
        }
        return version;
    }
}
