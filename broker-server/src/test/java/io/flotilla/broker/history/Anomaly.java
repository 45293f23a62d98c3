package io.flotilla.broker.history;

/** The ways in which a log can break its promise. */
public enum Anomaly {
    /** An acknowledged value is not in the log at the end. */
    LOST,
    /** A value is at more than one offset. */
    DUPLICATE,
    /** Values of one producer are in another order than they were sent in, or a reader went back. */
    REORDERED,
    /** An offset below the end of the log has no record, or a reader was given a later one in its place. */
    HOLE,
    /** A reader saw a value that is not in the log at the end: it was not committed. */
    DIRTY_READ,
    /** An offset had different values for different observers. */
    INCONSISTENT_OFFSET,
    /** A value that was refused for good is in the log. */
    FALSE_REFUSAL,
    /** A reader got bytes nobody sent. */
    GARBAGE
}
