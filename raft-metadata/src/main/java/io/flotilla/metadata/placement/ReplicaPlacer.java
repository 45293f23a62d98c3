package io.flotilla.metadata.placement;

import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.RegisteredBroker.State;
import io.flotilla.metadata.ReplicationFactor;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.placement.Placement.Placed;
import io.flotilla.metadata.placement.Placement.Refused;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Chooses brokers for the replicas of a new topic. A function of its arguments: the same image and seed give the same
 * assignments.
 *
 * <p>What it sees to, the first first:
 *
 * <ol>
 *   <li>Replicas go to active brokers only, and those of one partition are spread over racks as evenly as can be. A
 *       broker without a rack counts as a rack of its own.
 *   <li>Each broker gets the same number of the topic's replicas, give or take one, where racks allow it. This goes
 *       before the present load, since otherwise all traffic of a new topic would go to the newest broker.
 *   <li>What cannot be divided evenly goes to the brokers with the least replicas at present.
 *   <li>Each broker is preferred leader of the same number of partitions, give or take one, where replicas allow it;
 *       the rest goes to those that lead the least.
 *   <li>Which brokers share partitions is left to chance, so that the work of a broker that fails falls on all others.
 * </ol>
 */
public final class ReplicaPlacer {
    private ReplicaPlacer() {}

    /**
     * Places all replicas of a topic of so many partitions.
     *
     * @param replicationFactor replicas of each partition
     * @param seed decides between equals; the caller takes it from its source of randomness
     */
    public static Placement place(MetadataImage image, int partitions, int replicationFactor, long seed) {
        return Topic.partitionCountProblem(partitions)
                .or(() -> ReplicationFactor.problem(replicationFactor))
                .or(() -> tooFew(image.brokers().all(), replicationFactor))
                .<Placement>map(Refused::new)
                .orElseGet(() -> new Placed(place(Rack.active(image), partitions, replicationFactor, seed)));
    }

    private static List<PartitionAssignment> place(List<Rack> racks, int partitions, int replicationFactor, long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        ReplicaQuotas quotas = new ReplicaQuotas(racks, partitions, replicationFactor, random);
        List<List<Candidate>> replicas = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            replicas.add(quotas.take());
        }
        return PreferredLeaders.choose(replicas).stream()
                .map(ReplicaPlacer::assignment)
                .toList();
    }

    private static PartitionAssignment assignment(List<Candidate> replicas) {
        return new PartitionAssignment(
                replicas.stream().map(Candidate::brokerId).toList());
    }

    private static Optional<String> tooFew(Collection<RegisteredBroker> brokers, int replicationFactor) {
        List<Integer> active = ids(brokers, State.ACTIVE);
        return active.size() >= replicationFactor
                ? Optional.empty()
                : Optional.of(
                        ("replication factor %d needs as many active brokers; active are %s, draining %s, fenced %s;"
                                        + " start more brokers or ask for fewer replicas")
                                .formatted(
                                        replicationFactor,
                                        active,
                                        ids(brokers, State.DRAINING),
                                        ids(brokers, State.FENCED)));
    }

    private static List<Integer> ids(Collection<RegisteredBroker> brokers, State state) {
        return brokers.stream()
                .filter(b -> b.state() == state)
                .map(RegisteredBroker::id)
                .toList();
    }
}
