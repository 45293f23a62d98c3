package io.flotilla.raft;

/**
 * What a member knows about who leads its group.
 *
 * @param role of this member
 * @param term the highest it has seen
 * @param leaderId node id of the leader of that term, or {@link #NO_LEADER}
 * @param ready on the leader: it has committed an entry of its own term, so that all earlier commits are applied here
 *     (Raft, section 8); false elsewhere
 */
public record Leadership(Role role, long term, int leaderId, boolean ready) {
    public static final int NO_LEADER = -1;

    /** Part a member plays. */
    public enum Role {
        LEADER,
        CANDIDATE,
        FOLLOWER,
        /** Receives the log but has no vote. */
        LISTENER,
        /** The member is starting, failed or closed. */
        INACTIVE
    }

    /** A member that takes no part. */
    public static final Leadership INACTIVE = new Leadership(Role.INACTIVE, 0, NO_LEADER, false);

    public boolean leads() {
        return role == Role.LEADER && ready;
    }
}
