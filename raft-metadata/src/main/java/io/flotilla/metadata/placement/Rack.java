package io.flotilla.metadata.placement;

import io.flotilla.metadata.BrokerRegistration;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.RegisteredBroker.State;
import io.flotilla.metadata.Topic;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Brokers that are likely to fail together. Owned by one placement. */
final class Rack {
    private static final Comparator<Candidate> MOST_LEFT =
            Comparator.comparingInt(Candidate::quota).reversed().thenComparingLong(Candidate::draw);

    private final List<Candidate> candidates = new ArrayList<>();
    private int quota; // sum over the candidates
    private long draw; // decides between equals

    /** The racks of all active brokers, each broker with the load it has at present. */
    static List<Rack> active(MetadataImage image) {
        Map<Integer, Integer> replicas = new HashMap<>();
        Map<Integer, Integer> leads = new HashMap<>();
        for (Topic topic : image.topics().all()) {
            for (PartitionAssignment assignment : topic.partitions()) {
                assignment.replicas().forEach(id -> replicas.merge(id, 1, Integer::sum));
                leads.merge(assignment.preferredLeader(), 1, Integer::sum);
            }
        }
        List<Rack> racks = new ArrayList<>();
        Map<String, Rack> named = new HashMap<>();
        for (RegisteredBroker broker : image.brokers().all()) {
            if (broker.state() == State.ACTIVE) {
                Rack rack = broker.rack().equals(BrokerRegistration.NO_RACK)
                        ? addedTo(racks)
                        : named.computeIfAbsent(broker.rack(), name -> addedTo(racks));
                int id = broker.id();
                rack.candidates.add(new Candidate(id, replicas.getOrDefault(id, 0), leads.getOrDefault(id, 0)));
            }
        }
        return racks;
    }

    private static Rack addedTo(List<Rack> racks) {
        Rack rack = new Rack();
        racks.add(rack);
        return rack;
    }

    int size() {
        return candidates.size();
    }

    /** How many replicas its brokers have still to get. */
    int quota() {
        return quota;
    }

    /** The broker that should get the next replica. */
    Candidate least() {
        return Collections.min(candidates, Candidate.LEAST_REPLICAS);
    }

    void raiseQuota() {
        least().changeQuota(1);
        quota++;
    }

    /** Hands out one replica each to {@code count} brokers, those with the most left. */
    List<Candidate> take(int count) {
        candidates.sort(MOST_LEFT);
        List<Candidate> taken = List.copyOf(candidates.subList(0, count));
        taken.forEach(candidate -> candidate.changeQuota(-1));
        quota -= count;
        return taken;
    }

    void draw(RandomGenerator random) {
        draw = random.nextLong();
        candidates.forEach(candidate -> candidate.draw(random));
    }

    long draw() {
        return draw;
    }
}
