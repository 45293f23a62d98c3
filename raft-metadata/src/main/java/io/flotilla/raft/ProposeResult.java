package io.flotilla.raft;

/** How a proposal ended. */
public sealed interface ProposeResult {
    /** The entry is stored on a majority and applied here. */
    record Committed(long index) implements ProposeResult {}

    /**
     * This member does not lead; nothing was appended.
     *
     * @param leaderId who does, or {@link Leadership#NO_LEADER}
     */
    record NotLeader(int leaderId) implements ProposeResult {}

    /** Nothing was appended, for the reason given; the same proposal may be made again. */
    record Refused(String reason) implements ProposeResult {}

    /** The entry was appended here and its fate is open: a later leader may commit it or drop it. */
    record Unknown(String reason) implements ProposeResult {}
}
