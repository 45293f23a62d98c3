package io.flotilla.broker.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Readers that have reached the end and wait for more. Each is woken once, when the high watermark passes the offset it
 * waits at, or when the replica stops serving; then it parks again if it likes.
 */
final class ReadWaiters {
    private final ReentrantLock lock = new ReentrantLock();
    private List<Waiter> waiters = new ArrayList<>();

    private record Waiter(long offset, Runnable wake) {}

    /** @param wake quick; runs on the apply thread */
    void park(long offset, Runnable wake) {
        lock.lock();
        try {
            waiters.add(new Waiter(offset, wake));
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
            List<Waiter> rest = new ArrayList<>();
            for (Waiter waiter : waiters) {
                (waiter.offset() < highWatermark ? woken : rest).add(waiter);
            }
            waiters = rest;
        } finally {
            lock.unlock();
        }
        woken.forEach(waiter -> waiter.wake().run());
    }
}
