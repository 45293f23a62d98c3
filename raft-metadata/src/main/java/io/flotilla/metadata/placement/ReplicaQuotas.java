package io.flotilla.metadata.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Decides first how many replicas of a new topic each broker gets, then hands them out partition by partition. Owned by
 * one placement.
 *
 * <p>Deciding: let {@code most} be the least number for which racks that give at most so many brokers to a partition
 * can together give enough. Then every rack gives {@code most - 1}, or all it has, to each partition: its share. Some
 * racks give one more: an extra. Quotas are raised one by one for whoever has least, where a rack gets as many extras as
 * there are partitions at most. That is the greedy algorithm on a polymatroid, so no quotas are more even (Federgruen
 * and Groenevelt, Operations Research 34, 1986).
 *
 * <p>Handing out: the racks with the most extras left, and in a rack the brokers with the most replicas left, go first.
 * So nobody is ever left with more than there are partitions to come, and all fits in the end.
 */
final class ReplicaQuotas {
    private final Map<Rack, Integer> shares = new LinkedHashMap<>();
    private final int extrasPerPartition;
    private final RandomGenerator random;
    private int partitionsLeft;

    ReplicaQuotas(List<Rack> racks, int partitions, int replicationFactor, RandomGenerator random) {
        this.random = random;
        partitionsLeft = partitions;
        int most = mostPerRack(racks, replicationFactor);
        racks.forEach(rack -> shares.put(rack, Math.min(rack.size(), most - 1)));
        extrasPerPartition =
                replicationFactor - shares.values().stream().mapToInt(s -> s).sum();
        raiseQuotas(partitions);
    }

    private static int mostPerRack(List<Rack> racks, int replicationFactor) {
        int most = 1;
        while (brokersAtMost(most, racks) < replicationFactor) {
            most++;
        }
        return most;
    }

    private static int brokersAtMost(int perRack, List<Rack> racks) {
        return racks.stream().mapToInt(rack -> Math.min(rack.size(), perRack)).sum();
    }

    private void raiseQuotas(int partitions) {
        draw();
        shares.forEach((rack, share) -> {
            for (int i = 0; i < share * partitions; i++) {
                rack.raiseQuota();
            }
        });
        for (int i = 0; i < extrasPerPartition * partitions; i++) {
            // a rack that gives all it has cannot be the least: each of its brokers is in every partition
            shares.keySet().stream()
                    .filter(rack -> extrasLeft(rack) < partitions)
                    .min(Comparator.comparing(Rack::least, Candidate.LEAST_REPLICAS))
                    .orElseThrow()
                    .raiseQuota();
        }
    }

    /** The replicas of the next partition, in random order. */
    List<Candidate> take() {
        draw();
        List<Rack> extra = shares.keySet().stream()
                .sorted(Comparator.comparingInt(this::extrasLeft).reversed().thenComparingLong(Rack::draw))
                .limit(extrasPerPartition)
                .toList();
        List<Candidate> taken = new ArrayList<>();
        shares.forEach((rack, share) -> taken.addAll(rack.take(extra.contains(rack) ? share + 1 : share)));
        taken.sort(Comparator.comparingLong(Candidate::draw));
        partitionsLeft--;
        return taken;
    }

    private int extrasLeft(Rack rack) {
        return rack.quota() - shares.getOrDefault(rack, 0) * partitionsLeft;
    }

    private void draw() {
        shares.keySet().forEach(rack -> rack.draw(random));
    }
}
