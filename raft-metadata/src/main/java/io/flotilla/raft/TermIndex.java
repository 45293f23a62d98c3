package io.flotilla.raft;

/**
 * Where an entry stands in a Raft log: its index, and the term of the leader that put it there. Two logs that hold the
 * same pair are equal up to it (Raft, section 5.3).
 */
public record TermIndex(long term, long index) implements Comparable<TermIndex> {
    /** Before the first entry. */
    public static final TermIndex NONE = new TermIndex(0, -1);

    /** By term, then index: the order in which Raft compares logs at an election (Raft, section 5.4.1). */
    @Override
    public int compareTo(TermIndex other) {
        int byTerm = Long.compare(term, other.term);
        return byTerm != 0 ? byTerm : Long.compare(index, other.index);
    }
}
