package io.flotilla.log;

/**
 * Where a log ends, and the last batch before that.
 *
 * @param offset the first offset not written, exclusive end
 * @param raftIndex of the last batch; {@link #NOTHING} if the log never held one
 * @param term of the last batch; {@link #NOTHING} if the log never held one
 */
public record LogEnd(long offset, long raftIndex, int term) {
    /** In place of a raft index or term, when there is none. */
    public static final int NOTHING = -1;

    /** Of a log that never held a batch. */
    public static final LogEnd EMPTY = new LogEnd(0, NOTHING, NOTHING);

    public LogEnd {
        if (offset < 0 || raftIndex < NOTHING || term < NOTHING) {
            throw new IllegalArgumentException("offset %d, raft index %d and term %d must be at least 0, -1 and -1"
                    .formatted(offset, raftIndex, term));
        }
    }
}
