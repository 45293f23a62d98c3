package io.flotilla.client;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A number of bytes that many threads take from and give back to. The only place where a sender waits. */
final class ByteBudget {
    private final long capacity;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition given = lock.newCondition();
    private long free; // negative only by overdraw

    ByteBudget(long capacity) {
        this.capacity = capacity;
        this.free = capacity;
    }

    /** Takes {@code bytes}, waiting for them if need be; false if they were not free in time. */
    boolean acquire(long bytes, Duration maxWait) throws InterruptedException {
        long needed = Math.min(bytes, capacity); // a record larger than all of it goes alone
        lock.lockInterruptibly();
        try {
            long left = maxWait.toNanos();
            while (free < needed) {
                if (left <= 0) {
                    return false;
                }
                left = given.awaitNanos(left);
            }
            free -= bytes;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes {@code bytes} even if they are not free: for a thread that others wait for. */
    void overdraw(long bytes) {
        lock.lock();
        try {
            free -= bytes;
        } finally {
            lock.unlock();
        }
    }

    void release(long bytes) {
        lock.lock();
        try {
            free += bytes;
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes taken and not given back. */
    long used() {
        lock.lock();
        try {
            return capacity - free;
        } finally {
            lock.unlock();
        }
    }
}
