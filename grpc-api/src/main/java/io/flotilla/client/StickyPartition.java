package io.flotilla.client;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/**
 * Chooses the partition of records without a key: one partition until it got a batch's worth, then the next that has a
 * leader. Full batches are worth more than an even spread within milliseconds. Safe for any thread.
 */
final class StickyPartition {
    private final int partitions;
    private final int batchBytes;
    private final IntPredicate hasLeader;
    private final AtomicLong sent; // the partition is derived from it: one number, no lock

    /**
     * @param first partition to begin with
     * @param batchBytes after which to move on
     */
    StickyPartition(int first, int partitions, int batchBytes, IntPredicate hasLeader) {
        this.partitions = partitions;
        this.batchBytes = batchBytes;
        this.hasLeader = hasLeader;
        this.sent = new AtomicLong((long) first * batchBytes);
    }

    /** The partition of a record of that size. */
    int next(int bytes) {
        int preferred = (int) (sent.getAndAdd(bytes) / batchBytes % partitions);
        for (int i = 0; i < partitions; i++) {
            int candidate = (preferred + i) % partitions;
            if (hasLeader.test(candidate)) {
                return candidate;
            }
        }
        return preferred;
    }
}
