package io.flotilla.raft;

import java.io.IOException;
import java.util.OptionalLong;

/**
 * Payloads of one group's entries, kept outside the Raft log, which holds only small headers. A member counts an entry
 * as stored when its payload has been flushed and then its header.
 *
 * <p>{@link #write} and {@link #truncate} come in the log's own order, one at a time. {@link #flush} comes from another
 * thread, at the same time as the others. {@link #read} comes from any thread.
 */
public interface PayloadStore {
    /** A group whose entries are headers only. */
    PayloadStore NONE = new NoPayloads();

    /** The last entry whose payload is kept, or {@link TermIndex#NONE}. */
    TermIndex last();

    /** Term of the entry at {@code index}, if its payload is kept. */
    OptionalLong termOf(long index);

    /**
     * If the store was cut and not extended since: the index of the first entry that was cut away. A Raft log that still
     * has that entry was about to be cut too when the node went down.
     */
    OptionalLong truncatedFrom();

    /**
     * Takes the payload of the next entry, in microseconds and without I/O. The store owns {@code payload} from here
     * on; on the leader it may fill in what only the log's order decides, before the payload is sent to followers.
     */
    void write(TermIndex at, byte[] payload);

    /** Forces everything written before the call to disk. After a failure the store accepts nothing more. */
    void flush() throws IOException;

    /** Drops the entry at {@code index} and all after it. Never called for an applied entry. */
    void truncate(long index) throws IOException;

    /** The payload at {@code index} as it was after {@link #write}; not empty, not to be changed. */
    byte[] read(long index) throws IOException;
}
