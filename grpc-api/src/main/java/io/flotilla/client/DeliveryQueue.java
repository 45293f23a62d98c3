package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that came and were not taken yet. The loop puts in, the application takes out; bounded by the member's
 * window.
 */
final class DeliveryQueue {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // all below is guarded by the lock
    private final Deque<Delivery> items = new ArrayDeque<>();
    private boolean held;
    private boolean ended;
    private @Nullable FlotillaException failure;

    void add(Delivery delivery) {
        lock.lock();
        try {
            items.add(delivery);
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Takes out those that nobody has taken and nobody is to process. */
    List<Delivery> removeIf(Predicate<Delivery> isVoid) {
        lock.lock();
        try {
            List<Delivery> removed = items.stream().filter(isVoid).toList();
            items.removeIf(isVoid);
            return removed;
        } finally {
            lock.unlock();
        }
    }

    /** While true, nothing is handed out. */
    void hold(boolean now) {
        lock.lock();
        try {
            held = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Nothing more will come.
     *
     * @param why null if it is as it was to be
     */
    void end(@Nullable FlotillaException why) {
        lock.lock();
        try {
            ended = true;
            failure = why;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The next delivery; null if none came in time, or nothing more will come.
     *
     * @throws FlotillaException what the membership ended with
     */
    @Nullable
    Delivery poll(Duration maxWait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = maxWait.toNanos();
            while ((held || items.isEmpty()) && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (ended) {
                if (failure != null) {
                    throw failure;
                }
                return null;
            }
            return held ? null : items.poll();
        } finally {
            lock.unlock();
        }
    }
}
