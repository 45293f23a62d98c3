package io.flotilla.broker.partition;

import io.flotilla.broker.producer.Verdict;
import io.flotilla.broker.producer.WrittenBatch;

/** How an append ended. */
public sealed interface AppendOutcome {
    /**
     * On disk on a majority, and readable.
     *
     * @param duplicate it was before
     */
    record Appended(WrittenBatch batch, boolean duplicate) implements AppendOutcome {}

    /** Nothing was appended, and trying again would not change that. */
    record Denied(Verdict.Refused why) implements AppendOutcome {}

    /** Nothing was appended; this replica does not lead. */
    record NotLeader(int leaderId) implements AppendOutcome {}

    /** Nothing was appended; the same append may be tried again. */
    record Refused(Reason reason, String message) implements AppendOutcome {}

    /** It is open whether the batch is, or will be, in the log. */
    record Unknown(String message) implements AppendOutcome {}

    /** Why an append was refused. */
    enum Reason {
        /** Too much is waiting already. */
        OVERLOADED,
        /** The leader is not ready, or is handing over. */
        LEADER_UNAVAILABLE
    }
}
