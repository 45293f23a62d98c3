package io.flotilla.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which assignments partitions may be created with, whoever chose them: the placer or a person. */
final class AssignmentRules {
    private AssignmentRules() {}

    /** What is wrong with {@code assignments}, if anything. */
    static Optional<String> problem(List<PartitionAssignment> assignments, Brokers brokers) {
        return Topic.partitionCountProblem(assignments.size())
                .or(() ->
                        ReplicationFactor.problem(assignments.get(0).replicas().size()))
                .or(() -> problemFrom(0, assignments, brokers));
    }

    /** What is wrong with {@code assignments} as those of further partitions of {@code topic}, if anything. */
    static Optional<String> problem(Topic topic, List<PartitionAssignment> more, Brokers brokers) {
        List<PartitionAssignment> all = new ArrayList<>(topic.partitions());
        all.addAll(more);
        return more.isEmpty()
                ? Optional.of("topic %s has %d partitions already; ask for more than that"
                        .formatted(topic.name(), topic.partitions().size()))
                : Topic.partitionCountProblem(all.size())
                        .or(() -> problemFrom(topic.partitions().size(), all, brokers));
    }

    private static Optional<String> problemFrom(int first, List<PartitionAssignment> assignments, Brokers brokers) {
        return IntStream.range(first, assignments.size())
                .mapToObj(partition -> problem(partition, assignments, brokers))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static Optional<String> problem(int partition, List<PartitionAssignment> assignments, Brokers brokers) {
        List<Integer> replicas = assignments.get(partition).replicas();
        List<Integer> first = assignments.get(0).replicas();
        if (replicas.size() != first.size()) {
            return Optional.of("partition %d is on brokers %s and partition 0 on %s; give all the same number"
                    .formatted(partition, replicas, first));
        }
        return replicas.stream()
                .filter(id -> brokers.find(id).isEmpty())
                .findFirst()
                .map(id -> "partition %d is to be on broker %d, which is not registered; list the brokers"
                        .formatted(partition, id));
    }
}
