package io.flotilla.broker.partition;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which offset each entry ends at, for entries written since the replica was opened and not yet applied. Written by the
 * append side, taken by the apply side.
 */
final class EntryEnds {
    static final long UNKNOWN = -1;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<End> ends = new ArrayDeque<>();

    private record End(long raftIndex, long offset) {}

    void written(long raftIndex, long endOffset) {
        lock.lock();
        try {
            truncate(raftIndex);
            ends.addLast(new End(raftIndex, endOffset));
        } finally {
            lock.unlock();
        }
    }

    void truncatedFrom(long raftIndex) {
        lock.lock();
        try {
            truncate(raftIndex);
        } finally {
            lock.unlock();
        }
    }

    private void truncate(long raftIndex) {
        while (!ends.isEmpty() && ends.getLast().raftIndex() >= raftIndex) {
            ends.removeLast();
        }
    }

    /** Offset after the entry, or {@link #UNKNOWN} if it was written before the replica was opened. */
    long take(long raftIndex) {
        lock.lock();
        try {
            while (!ends.isEmpty() && ends.getFirst().raftIndex() < raftIndex) {
                ends.removeFirst();
            }
            return ends.isEmpty() || ends.getFirst().raftIndex() != raftIndex
                    ? UNKNOWN
                    : ends.removeFirst().offset();
        } finally {
            lock.unlock();
        }
    }
}
