package io.flotilla.broker.partition;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Readers that have reached the end and wait for more. Each is woken once, when the high watermark passes the offset it
 * waits at, or when the replica stops serving; then it parks again if it likes.
 */
final class ReadWaiters {
    private final ReentrantLock lock = new ReentrantLock();
    private Set<Waiter> waiters = new LinkedHashSet<>(); // guarded by the lock

    /** Equal to nobody but itself: one reader may wait for the same offset twice. */
    private static final class Waiter {
        private final long offset;
        private final Runnable wake;

        Waiter(long offset, Runnable wake) {
            this.offset = offset;
            this.wake = wake;
        }
    }

    /**
     * Lets a reader wait.
     *
     * @param wake quick; runs on the apply thread
     * @return to be run when the reader does not want to wait any more; does nothing if it was woken
     */
    Runnable park(long offset, Runnable wake) {
        Waiter waiter = new Waiter(offset, wake);
        lock.lock();
        try {
            waiters.add(waiter);
        } finally {
            lock.unlock();
        }
        return () -> forget(waiter);
    }

    private void forget(Waiter waiter) {
        lock.lock();
        try {
            waiters.remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    /** How many wait. */
    int size() {
        lock.lock();
        try {
            return waiters.size();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes those who wait below {@code highWatermark}. */
    void advancedTo(long highWatermark) {
        wake(highWatermark);
    }

    /** Wakes all, so that they find out what happened. */
    void wakeAll() {
        wake(Long.MAX_VALUE);
    }

    private void wake(long highWatermark) {
        List<Waiter> woken = new ArrayList<>();
        lock.lock();
        try {
            if (waiters.isEmpty()) {
                return;
            }
            Set<Waiter> rest = new LinkedHashSet<>();
            for (Waiter waiter : waiters) {
                (waiter.offset < highWatermark ? woken : rest).add(waiter);
            }
            waiters = rest;
        } finally {
            lock.unlock();
        }
        woken.forEach(waiter -> waiter.wake.run());
    }
}
