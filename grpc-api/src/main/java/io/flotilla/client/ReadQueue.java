package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Position;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What was read and not yet taken, in the order it came. The loop puts in, the application takes out. Bounded by the
 * credit given to brokers: what a message cost is given back when the application asks for more after its last batch.
 */
final class ReadQueue implements ReadAssignments.Sink {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // all below is guarded by the lock
    private final Deque<Item> items = new ArrayDeque<>();
    private Runnable dealtWith = () -> {};
    private boolean ended;

    /** Either a batch or a failure. */
    private record Item(@Nullable ReadBatch batch, @Nullable FlotillaException failure, Runnable dealtWith) {}

    /** They are dealt with when the application is done with the last one. */
    @Override
    public void batches(TopicPartition partition, List<ReadBatch> batches, long nextOffset, Runnable giveBack) {
        for (int i = 0; i < batches.size(); i++) {
            put(new Item(batches.get(i), null, i == batches.size() - 1 ? giveBack : () -> {}));
        }
    }

    /** Thrown to the application once it has taken everything before. */
    @Override
    public void failed(TopicPartition partition, FlotillaException failure, Position from) {
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
    @Override
    public void allRead() {
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
