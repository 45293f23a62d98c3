package io.flotilla.raft.ratis;

/**
 * For how many looks entries of one Raft log have waited for the disk while nothing got there. A write that hangs returns
 * no error, so this is the only sign of it. Looks are counted and not time, which passes for a stopped process too.
 * Owner: the timer that looks.
 */
final class FlushProgress {
    private final long limit;
    private long flushedIndex = Long.MIN_VALUE;
    private long looks;

    /** @param limit so many looks in a row without progress are borne */
    FlushProgress(long limit) {
        this.limit = limit;
    }

    /**
     * Takes a look; true if the disk hangs.
     *
     * @param end index of the last entry of the log; not the flushed one while entries wait, or while a cut does
     * @param flushed index up to which the log is on disk
     */
    boolean hangs(long end, long flushed) {
        if (end == flushed || flushed != flushedIndex) {
            flushedIndex = flushed;
            looks = 0;
            return false;
        }
        return ++looks > limit;
    }
}
