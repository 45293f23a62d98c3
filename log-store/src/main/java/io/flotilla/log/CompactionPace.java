package io.flotilla.log;

/** Slows a compaction down, or ends it. Called by the thread that compacts. */
public interface CompactionPace {
    /** So many bytes were read or written; may wait for up to a tenth of a second. */
    void passed(int bytes);

    /** Whether to go on; if not, what is done so far stays. Asked often. */
    boolean goesOn();
}
