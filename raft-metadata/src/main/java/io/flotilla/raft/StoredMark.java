package io.flotilla.raft;

import java.io.IOException;

/**
 * The highest raft index this node is known to have counted as stored, kept apart from the Raft log. It lags behind,
 * but never runs ahead: a Raft log that ends below it has lost entries that may have been acknowledged, and its owner
 * must neither vote nor serve.
 */
public interface StoredMark {
    /** Before anything was stored. */
    long NOTHING = -1;

    long storedIndex();

    /** Everything up to {@code index} is on disk. Called after each flush; cheap, not necessarily forced. */
    void confirm(long index) throws IOException;

    /** The Raft log was cut: nothing at or after {@code index} counts any more. Durable on return. */
    void lower(long index) throws IOException;
}
