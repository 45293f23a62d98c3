package io.flotilla.raft;

import java.io.IOException;

/**
 * The highest raft index this node is known to have counted as stored, kept apart from the Raft log. It lags behind,
 * but never runs ahead, and never goes back, since only committed entries are counted: a Raft log that ends below it has
 * lost entries that may have been acknowledged, and its owner must neither vote nor serve.
 */
public interface StoredMark {
    /** Before anything was stored. */
    long NOTHING = -1;

    long storedIndex();

    /**
     * Everything up to {@code index} is committed and on disk. Called as entries are applied; cheap, not necessarily
     * forced.
     */
    void confirm(long index) throws IOException;
}
