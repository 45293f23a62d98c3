package io.flotilla.raft;

import java.io.IOException;

/**
 * What one Raft group drives on one node: agreed entries are applied in order, and payloads, if the group has any, are
 * kept in a {@link PayloadStore} of its own.
 *
 * <p>{@link #apply} and {@link #applied} are called by one thread at a time, in index order. After a restart entries are
 * applied again from behind {@link #startsAfter} on, so applying must lead to the same state each time. The other calls
 * come from the group's own threads, must be quick and must not call back into the group.
 */
public interface GroupStateMachine {
    /** Where payloads of this group live. */
    PayloadStore payloads();

    /** What this node has counted as stored for the group. */
    StoredMark storedMark();

    /**
     * The last entry that need not be applied again when the group opens, because its effects are kept; {@link
     * TermIndex#NONE} = from the start of the Raft log. Must be one that was applied here before, and not before the last
     * {@link #snapshot}. Asked while nothing is written.
     */
    default TermIndex startsAfter() {
        return TermIndex.NONE;
    }

    /**
     * Makes certain that the effects of entries up to the one that is returned are kept, through a power loss too: the Raft
     * log may then forget them. {@link TermIndex#NONE} if everything has to stay in the Raft log. Called where entries are
     * applied, by the same thread.
     *
     * @param keep so many of the newest entries had better stay, for members that are a little behind
     */
    default TermIndex snapshot(int keep) throws IOException {
        return TermIndex.NONE;
    }

    /**
     * The leader has forgotten entries that this member lacks. It will receive nothing until its effects were got in another
     * way, with the group stopped, and {@link RaftNode#beginBehind} was told.
     *
     * @param first the oldest entry the leader has
     */
    default void behind(TermIndex first) {
        failed(new UntrustedLogException("the leader's log begins at entry %d only".formatted(first.index())));
    }

    /**
     * An entry is committed.
     *
     * @param header as proposed; not to be changed
     */
    void apply(TermIndex at, byte[] header);

    /** An entry that concerns only Raft itself, or a barrier, is committed. */
    default void applied(TermIndex at) {}

    /** This member's view of the leadership changed; ask {@link RaftGroup#leadership()} for the details. */
    default void leadershipChanged() {}

    /**
     * The member has left service for good: its log or disk failed, or an invariant broke. It neither votes nor serves
     * until it is opened again or rebuilt.
     */
    void failed(Throwable cause);
}
