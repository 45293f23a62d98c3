package io.flotilla.metadata;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Which assignments a topic may be created with, whoever chose them: the placer or a person. */
final class AssignmentRules {
    private AssignmentRules() {}

    /** What is wrong with {@code assignments}, if anything. */
    static Optional<String> problem(List<PartitionAssignment> assignments, Brokers brokers) {
        return Topic.partitionCountProblem(assignments.size())
                .or(() ->
                        ReplicationFactor.problem(assignments.get(0).replicas().size()))
                .or(() -> IntStream.range(0, assignments.size())
                        .mapToObj(partition -> problem(partition, assignments, brokers))
                        .flatMap(Optional::stream)
                        .findFirst());
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
