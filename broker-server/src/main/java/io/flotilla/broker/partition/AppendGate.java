package io.flotilla.broker.partition;

import io.flotilla.broker.producer.EntryCheck;
import io.flotilla.broker.producer.WrittenBatch;
import java.util.Optional;

/** What batches with conditions are judged by, before they are proposed. Safe for use by any thread. */
interface AppendGate {
    /**
     * A check that holds in one term.
     *
     * @param term of this replica's leadership: an entry that was checked must be appended in it, or not at all
     */
    record Admission(EntryCheck check, long term) {}

    /**
     * The check of the entry that is proposed next; empty if this replica does not lead.
     *
     * @param nowMs the append time it gets
     * @param recordsBefore that are part of the entry already
     */
    Optional<Admission> admit(long nowMs, int recordsBefore);

    /** Whether a batch that is in the log is there to stay. */
    boolean isCommitted(WrittenBatch batch);
}
