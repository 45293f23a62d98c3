package io.flotilla.broker.grpc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes of produce requests that were read and are still needed, over all streams. A stream reads its next message only
 * while there is room; so producers that outrun the disk are slowed by their own connections. Each stream may be one
 * message over. Safe for use by any thread.
 */
final class ProduceMemory {
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private List<Runnable> waiting = new ArrayList<>();
    private long usedBytes;

    ProduceMemory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void take(long bytes) {
        lock.lock();
        try {
            usedBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Gives bytes back and, if there is room now, lets all go on who wait: any of them may have nothing to send. */
    void release(long bytes) {
        List<Runnable> next = List.of();
        lock.lock();
        try {
            usedBytes -= bytes;
            if (usedBytes < maxBytes && !waiting.isEmpty()) {
                next = waiting;
                waiting = new ArrayList<>();
            }
        } finally {
            lock.unlock();
        }
        next.forEach(Runnable::run);
    }

    /** Runs {@code task} as soon as there is room: now, or when others have given bytes back. */
    void whenRoom(Runnable task) {
        lock.lock();
        try {
            if (usedBytes >= maxBytes) {
                waiting.add(task);
                return;
            }
        } finally {
            lock.unlock();
        }
        task.run();
    }

    boolean isFull() {
        return usedBytes() >= maxBytes;
    }

    long usedBytes() {
        lock.lock();
        try {
            return usedBytes;
        } finally {
            lock.unlock();
        }
    }
}
