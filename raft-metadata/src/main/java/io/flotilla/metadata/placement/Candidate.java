package io.flotilla.metadata.placement;

import java.util.Comparator;
import java.util.random.RandomGenerator;

/** A broker that may get replicas, with the notes that one placement makes about it. Owned by that placement. */
final class Candidate {
    /** Whoever comes first should get the next replica. */
    static final Comparator<Candidate> LEAST_REPLICAS = Comparator.<Candidate>comparingInt(c -> c.quota)
            .thenComparingInt(c -> c.presentReplicas)
            .thenComparingLong(c -> c.draw);

    /** Whoever comes first should lead the next partition. */
    static final Comparator<Candidate> LEAST_LEADS = Comparator.<Candidate>comparingInt(c -> c.leads)
            .thenComparingInt(c -> c.presentLeads)
            .thenComparingLong(c -> c.draw);

    private final int brokerId;
    private final int presentReplicas;
    private final int presentLeads;
    private int quota; // replicas of the new topic still to be handed out to it
    private int leads; // partitions of the new topic it is to lead
    private long draw; // decides between equals

    Candidate(int brokerId, int presentReplicas, int presentLeads) {
        this.brokerId = brokerId;
        this.presentReplicas = presentReplicas;
        this.presentLeads = presentLeads;
    }

    int brokerId() {
        return brokerId;
    }

    int quota() {
        return quota;
    }

    void changeQuota(int by) {
        quota += by;
    }

    void changeLeads(int by) {
        leads += by;
    }

    void draw(RandomGenerator random) {
        draw = random.nextLong();
    }

    long draw() {
        return draw;
    }

    /** Whether leads are spread more evenly after this broker gives one to {@code other}. */
    boolean shouldHandLeadTo(Candidate other) {
        return leads > other.leads + 1 || (leads == other.leads + 1 && presentLeads > other.presentLeads);
    }
}
