package io.flotilla.metadata.placement;

import java.util.Collection;
import java.util.List;

/**
 * How even replicas can be spread over brokers at best, reckoned without placing any: of each rack only the size counts,
 * and of a partition only how many replicas racks must and may get.
 */
record EvenestQuotas(List<Integer> rackSizes, int partitions, int replicationFactor) {
    static EvenestQuotas of(RandomCluster cluster) {
        return new EvenestQuotas(
                cluster.racks().values().stream().map(Collection::size).toList(),
                cluster.partitions(),
                cluster.replicationFactor());
    }

    /** No partition needs more than this many of one rack. */
    int mostOfOneRack() {
        int most = 1;
        while (sum(most) < replicationFactor) {
            most++;
        }
        return most;
    }

    private int sum(int perRack) {
        return rackSizes.stream().mapToInt(size -> Math.min(size, perRack)).sum();
    }

    int leastOfRack(int size) {
        return Math.min(size, mostOfOneRack() - 1);
    }

    private int mostOfRack(int size) {
        return Math.min(size, mostOfOneRack());
    }

    /** The least number that no broker has to exceed. */
    int most() {
        int most = 0;
        while (!holdsAll(most)) {
            most++;
        }
        return most;
    }

    private boolean holdsAll(int perBroker) {
        return rackSizes.stream().allMatch(size -> size * perBroker >= leastOfRack(size) * partitions)
                && rackSizes.stream()
                                .mapToInt(size -> Math.min(size * perBroker, mostOfRack(size) * partitions))
                                .sum()
                        >= replicationFactor * partitions;
    }

    /** The greatest number that every broker can have. */
    int least() {
        int least = 0;
        while (canGive(least + 1)) {
            least++;
        }
        return least;
    }

    private boolean canGive(int perBroker) {
        return rackSizes.stream().allMatch(size -> size * perBroker <= mostOfRack(size) * partitions)
                && rackSizes.stream()
                                .mapToInt(size -> Math.max(size * perBroker, leastOfRack(size) * partitions))
                                .sum()
                        <= replicationFactor * partitions;
    }
}
