package io.flotilla.raft;

import java.util.Map;

/**
 * A member's positions at one moment, for people and metrics.
 *
 * @param last end of this member's Raft log
 * @param flushedIndex up to here the log is on disk
 * @param committedIndex up to here the group has agreed, as far as this member knows
 * @param appliedIndex up to here entries were applied
 * @param matchIndexes on the leader: how far each other member has stored the log, by node id; empty elsewhere
 */
public record GroupStatus(
        Leadership leadership,
        TermIndex last,
        long flushedIndex,
        long committedIndex,
        long appliedIndex,
        Map<Integer, Long> matchIndexes) {
    public GroupStatus {
        matchIndexes = Map.copyOf(matchIndexes);
    }
}
