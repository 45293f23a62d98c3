package io.flotilla.metadata.placement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;

/**
 * Chooses which replica of each partition of a new topic should lead it, as evenly over brokers as the replicas allow:
 * an optimal semi-matching. Starts with a good guess and improves it while some broker can hand a lead to one with
 * fewer, directly or over others that hand on one of theirs (Harvey, Ladner, Lovász and Tamir, Journal of Algorithms
 * 59, 2006). Owned by one placement.
 */
final class PreferredLeaders {
    private final List<List<Candidate>> replicas;
    private final List<Candidate> leaders = new ArrayList<>(); // by partition
    private final Map<Candidate, List<Integer>> led = new LinkedHashMap<>(); // the inverse

    private PreferredLeaders(List<List<Candidate>> replicas) {
        this.replicas = replicas;
    }

    /** The same replicas, by partition, with the leader of each put first and the others in the order given. */
    static List<List<Candidate>> choose(List<List<Candidate>> replicas) {
        PreferredLeaders chosen = new PreferredLeaders(replicas);
        chosen.guess();
        chosen.improve();
        return chosen.leaderFirst();
    }

    private void guess() {
        for (int partition = 0; partition < replicas.size(); partition++) {
            Candidate leader = Collections.min(replicas.get(partition), Candidate.LEAST_LEADS);
            leader.changeLeads(1);
            leaders.add(leader);
            leads(leader).add(partition);
        }
    }

    private void improve() {
        boolean improved = true;
        while (improved) {
            improved = false;
            for (Candidate from : List.copyOf(led.keySet())) {
                while (handLeadFrom(from)) {
                    improved = true;
                }
            }
        }
    }

    /** Lets {@code from} lead one partition less and a broker that should have it one more; false if there is none. */
    private boolean handLeadFrom(Candidate from) {
        Map<Candidate, Integer> reachedBy = new HashMap<>(); // the partition that would be handed to it
        Queue<Candidate> queue = new ArrayDeque<>(List.of(from));
        for (Candidate giver = queue.poll(); giver != null; giver = queue.poll()) {
            for (int partition : leads(giver)) {
                for (Candidate taker : replicas.get(partition)) {
                    if (taker != from && reachedBy.putIfAbsent(taker, partition) == null) {
                        if (from.shouldHandLeadTo(taker)) {
                            handAlong(reachedBy, taker);
                            from.changeLeads(-1);
                            taker.changeLeads(1);
                            return true;
                        }
                        queue.add(taker);
                    }
                }
            }
        }
        return false;
    }

    /** Each broker on the way to {@code last} takes the partition it was reached by from the one before. */
    private void handAlong(Map<Candidate, Integer> reachedBy, Candidate last) {
        Candidate taker = last;
        while (reachedBy.containsKey(taker)) {
            int partition = Objects.requireNonNull(reachedBy.get(taker));
            Candidate giver = leaders.set(partition, taker);
            leads(giver).remove((Integer) partition);
            leads(taker).add(partition);
            taker = giver;
        }
    }

    private List<Integer> leads(Candidate leader) {
        return led.computeIfAbsent(leader, c -> new ArrayList<>());
    }

    private List<List<Candidate>> leaderFirst() {
        List<List<Candidate>> ordered = new ArrayList<>();
        for (int partition = 0; partition < replicas.size(); partition++) {
            List<Candidate> order = new ArrayList<>(replicas.get(partition));
            order.remove(leaders.get(partition));
            order.add(0, leaders.get(partition));
            ordered.add(order);
        }
        return ordered;
    }
}
