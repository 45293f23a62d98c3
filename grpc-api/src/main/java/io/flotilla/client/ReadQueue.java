package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was read and not yet taken, in the order it came. The loop puts in, the application takes out. Bounded by the
 * credit given to brokers: what a message cost is given back when the application asks for more after its last batch.
 */
final class ReadQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // all below is guarded by the lock
    private final Deque<Item> items = new ArrayDeque<>();
    private Runnable dealtWith = () -> {};
    private boolean ended;

    /** Either a batch or a failure. */
    private record Item(@Nullable ReadBatch batch, @Nullable FlotillaException failure, Runnable dealtWith) {}

    /** @param dealtWithBatch run when the application is done with the batch */
    void add(ReadBatch batch, Runnable dealtWithBatch) {
        put(new Item(batch, null, dealtWithBatch));
    }

    /** A failure, thrown to the application once it has taken everything before. */
    void add(FlotillaException failure) {
        put(new Item(null, failure, () -> {}));
    }

    private void put(Item item) {
        lock.lock();
        try {
            items.add(item);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more will come. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** True when nothing more will come and everything was taken. */
    boolean isDrained() {
        lock.lock();
        try {
            return ended && items.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the next batch; the one taken before counts as dealt with.
     *
     * @return null if nothing came in time, or nothing more will come
     * @throws FlotillaException in the place of a batch
     */
    @Nullable
    ReadBatch poll(Duration maxWait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            dealtWith.run();
            dealtWith = () -> {};
            long left = maxWait.toNanos();
            while (items.isEmpty() && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            Item item = items.poll();
            if (item == null) {
                return null;
            }
            if (item.failure() != null) {
                throw item.failure();
            }
            dealtWith = item.dealtWith();
            return item.batch();
        } finally {
            lock.unlock();
        }
    }
}
