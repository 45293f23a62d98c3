package io.flotilla.raft;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** This node's member of one Raft group. Safe for use by any thread. */
public interface RaftGroup {
    /** For an entry that may be appended in any term. */
    long ANY_TERM = -1;

    GroupId id();

    /**
     * Proposes an entry. Proposals made one after another by one thread are appended in that order. The future
     * completes on a thread of the group, which must not be held up.
     *
     * <p>An entry with an empty header and no payload is a barrier: nobody applies it, but once it is committed everything
     * that was committed before the call, anywhere in the group, is applied here.
     *
     * @param header goes through the Raft log to {@link GroupStateMachine#apply}; tens of bytes, or a whole command
     * @param payload goes to the {@link PayloadStore} of every member; empty for none. Owned by the group from here on
     */
    default CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload) {
        return propose(header, payload, ANY_TERM);
    }

    /**
     * The same, but the entry is appended only while this member leads in {@code term}: what was decided on by looking at
     * the log's end in that term still holds, as nobody else has appended anything. Else it is refused, and the member
     * gives up its leadership.
     */
    CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term);

    /** Completes when every member has forced the entries up to {@code index} to disk. Only the leader can tell. */
    CompletableFuture<Void> onEveryMember(long index);

    Leadership leadership();

    /**
     * Tells the other members of commits they have not heard of, if this one leads. They hear of a commit from the
     * leader's next message, which without this may be a heartbeat seconds later. To be called now and then.
     */
    void spreadCommit();

    /** Takes this node's member out of service, as if a write had failed; once, later causes are ignored. */
    void fail(Throwable cause);

    /** Hands leadership to another member; writes are refused until that is done or {@code timeout} has passed. */
    CompletableFuture<Void> transferLeadership(int nodeId, Duration timeout);

    /**
     * Changes the members in one step, agreed by the present ones. Only the leader can; fails if another change is
     * under way or the members are not {@code from}. New members catch up before they count.
     */
    CompletableFuture<Void> changeMembers(Members from, Members to);

    /** Starts an election now, without waiting for the leader to be missed. Does nothing unless a follower. */
    void campaign();

    GroupStatus status();

    /** Has the Raft log forget what it may ({@link GroupStateMachine#snapshot}), soon and in the background. */
    void forget();

    /**
     * Index of the oldest entry this member's Raft log still has, and will have after a restart; blocks for the disk. No
     * other member will ask for what comes before.
     */
    long firstKept() throws IOException;

    /** Members as last agreed. */
    Members members();

    /** Who takes part: those with a vote, and those who only receive the log. */
    record Members(List<Peer> voters, List<Peer> listeners) {
        public Members {
            voters = List.copyOf(voters);
            listeners = List.copyOf(listeners);
        }

        public boolean contains(int nodeId) {
            return voters.stream().anyMatch(p -> p.nodeId() == nodeId)
                    || listeners.stream().anyMatch(p -> p.nodeId() == nodeId);
        }
    }
}
