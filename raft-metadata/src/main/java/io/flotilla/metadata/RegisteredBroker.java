package io.flotilla.metadata;

/**
 * A broker as the cluster sees it: what it said about itself, and what was decided about it since. The two marks are
 * independent, so that a broker restarted in the middle of a drain goes on draining.
 *
 * @param since image version at which it first registered with its present data directory
 * @param draining a person wants it empty: it gets no new replicas and should lead nothing
 * @param fenced it has not been heard of for too long; lifted when it registers again
 */
public record RegisteredBroker(BrokerRegistration registration, long since, boolean draining, boolean fenced) {
    /** The two marks as one word; a fenced broker is {@code FENCED} whether it drains or not. */
    public enum State {
        ACTIVE,
        DRAINING,
        FENCED
    }

    public int id() {
        return registration.id();
    }

    public Endpoint client() {
        return registration.endpoints().client();
    }

    public Endpoint raft() {
        return registration.endpoints().raft();
    }

    public String rack() {
        return registration.rack();
    }

    public State state() {
        if (fenced) {
            return State.FENCED;
        }
        return draining ? State.DRAINING : State.ACTIVE;
    }

    /** Believed to be running. */
    public boolean live() {
        return !fenced;
    }

    /**
     * Whether this broker's replica of a partition, if its files are missing, is merely new. If not, the data directory
     * came later than the partition and replaced one that held it: what it had acknowledged is lost here, and it must be
     * rebuilt from its peers before it votes.
     *
     * <p>A file that was lost from the same directory is not noticed by this; who made the file must remember it.
     */
    public boolean mayStartEmpty(Topic topic, int partition) {
        return topic.createdVersionOf(partition) > since;
    }

    RegisteredBroker withDraining(boolean nowDraining) {
        return new RegisteredBroker(registration, since, nowDraining, fenced);
    }

    RegisteredBroker withFenced(boolean nowFenced) {
        return new RegisteredBroker(registration, since, draining, nowFenced);
    }
}
