package io.flotilla.broker.grpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bytes of produce requests that were read and are not yet answered, over all streams. A stream reads its next message
 * only while there is room; so producers that outrun the disk are slowed by their own connections. Each stream may be
 * one message over. Safe for use by any thread.
 */
final class ProduceMemory {
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
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

    /** Gives bytes back and lets those go on who wait for room. */
    void release(long bytes) {
        Runnable next;
        lock.lock();
        try {
            usedBytes -= bytes;
            next = usedBytes < maxBytes ? waiting.poll() : null;
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.run();
        }
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
