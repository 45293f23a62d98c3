package io.flotilla.log;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The end of one log in memory: all entries that are not flushed, and before them the newest flushed ones that the
 * {@link TailCache} has room for. Entries are contiguous up to the log's end.
 *
 * <pre>
 *   segment files                 | flushed: may be evicted | not flushed: held |
 *   logStart                                                                  logEnd
 * </pre>
 *
 * Its lock is held for a lookup or a few pointer changes, never for I/O, and no other lock is taken under it.
 */
final class Tail {
    /** Entries that were part of the tail. */
    record Dropped(List<Entry> flushed, List<Entry> unflushed) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final EntryRing entries = new EntryRing();
    private int flushed; // number of entries, from the first on, that are in the files
    private long unflushedBytes;
    private SegmentFill fill;
    private volatile LogEnd end;

    Tail(LogEnd end, SegmentFill fill) {
        this.end = end;
        this.fill = fill;
    }

    /** End of the log, flushed or not. Read by any thread. */
    LogEnd end() {
        return end;
    }

    /** How full the newest segment is. Read by the appender only. */
    SegmentFill fill() {
        return fill;
    }

    long unflushedBytes() {
        lock.lock();
        try {
            return unflushedBytes;
        } finally {
            lock.unlock();
        }
    }

    void append(Entry entry) {
        lock.lock();
        try {
            entries.addLast(entry);
            unflushedBytes += entry.sizeBytes();
            fill = entry.fill();
            end = entry.end();
        } finally {
            lock.unlock();
        }
    }

    /** What has to be written, oldest first. */
    List<Entry> unflushed() {
        lock.lock();
        try {
            return entries.from(flushed);
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of {@code written}, the oldest of {@link #unflushed}: from now on they may be evicted. */
    void flushed(List<Entry> written) {
        lock.lock();
        try {
            flushed += written.size();
            for (Entry entry : written) {
                unflushedBytes -= entry.sizeBytes();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets flushed entries that end at or before {@code nextOffset}. */
    void evictThrough(long nextOffset) {
        lock.lock();
        try {
            while (flushed > 0 && entries.get(0).end().offset() <= nextOffset) {
                entries.removeFirst();
                flushed--;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Drops the flushed entries that end at or before {@code nextOffset}: the files do not hold them like this any more. */
    Dropped dropFlushedThrough(long nextOffset) {
        List<Entry> dropped = new ArrayList<>();
        lock.lock();
        try {
            while (flushed > 0 && entries.get(0).end().offset() <= nextOffset) {
                dropped.add(entries.get(0));
                entries.removeFirst();
                flushed--;
            }
        } finally {
            lock.unlock();
        }
        return new Dropped(dropped, List.of());
    }

    /**
     * Drops the entries from {@code raftIndex} on.
     *
     * @param newEnd of the log, and {@code newFill} of its newest segment, after that
     * @return what was dropped
     */
    Dropped truncateFrom(long raftIndex, LogEnd newEnd, SegmentFill newFill) {
        lock.lock();
        try {
            Dropped dropped = dropFrom(entries.first(entry -> entry.raftIndex() >= raftIndex));
            fill = newFill;
            end = newEnd;
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything. */
    Dropped clear() {
        lock.lock();
        try {
            return dropFrom(0);
        } finally {
            lock.unlock();
        }
    }

    /** The last entry before {@code raftIndex} that is not flushed, or null if all such entries are. */
    @Nullable
    Entry lastUnflushedBefore(long raftIndex) {
        lock.lock();
        try {
            int at = entries.first(entry -> entry.raftIndex() >= raftIndex) - 1;
            return at >= flushed ? entries.get(at) : null;
        } finally {
            lock.unlock();
        }
    }

    /** The entry that holds {@code offset}, or null if it is not in memory. */
    @Nullable
    Entry holding(long offset) {
        lock.lock();
        try {
            int at = entries.first(entry -> entry.end().offset() > offset);
            return at < entries.size() && entries.get(at).baseOffset() <= offset ? entries.get(at) : null;
        } finally {
            lock.unlock();
        }
    }

    /** Whole frames from the one that holds {@code offset} on, or null if that one is not in memory. */
    @Nullable
    LogSlice read(long offset, long endOffset, int maxBytes) {
        List<Entry> found = new ArrayList<>();
        lock.lock();
        try {
            int at = entries.first(entry -> entry.end().offset() > offset);
            if (at == entries.size() || entries.get(at).baseOffset() > offset) {
                return null;
            }
            found.add(entries.get(at));
            long bytes = 0;
            for (at++;
                    at < entries.size() && bytes < maxBytes && entries.get(at).baseOffset() < endOffset;
                    at++) {
                found.add(entries.get(at));
                bytes += entries.get(at).sizeBytes();
            }
        } finally {
            lock.unlock();
        }
        FrameSelection selection = new FrameSelection(offset, endOffset, maxBytes);
        for (Entry entry : found) {
            if (!selection.takeAll(entry.bytes())) {
                break;
            }
        }
        return selection.slice();
    }

    /** What there is of a raft index, or null if memory does not reach back that far. */
    @Nullable
    StoredEntry entry(long raftIndex) {
        lock.lock();
        try {
            if (raftIndex > end.raftIndex()) {
                return new StoredEntry.Absent();
            }
            int at = entries.first(entry -> entry.raftIndex() >= raftIndex);
            if (at == entries.size()) {
                return null;
            }
            Entry found = entries.get(at);
            if (found.raftIndex() == raftIndex) {
                return new StoredEntry.Held(found.slice());
            }
            return at == 0 ? null : new StoredEntry.Absent();
        } finally {
            lock.unlock();
        }
    }

    /** End of the log after its last entry at or before {@code raftIndex}, or null if memory does not reach back that far. */
    @Nullable
    LogEnd endOf(long raftIndex) {
        lock.lock();
        try {
            if (raftIndex >= end.raftIndex()) {
                return end;
            }
            int after = entries.first(entry -> entry.raftIndex() > raftIndex);
            return after == 0 ? null : entries.get(after - 1).end();
        } finally {
            lock.unlock();
        }
    }

    private Dropped dropFrom(int first) {
        List<Entry> unflushed = entries.from(Math.max(first, flushed));
        List<Entry> all = entries.from(first);
        for (Entry entry : unflushed) {
            unflushedBytes -= entry.sizeBytes();
        }
        all.forEach(entry -> entries.removeLast());
        flushed = Math.min(flushed, first);
        return new Dropped(all.subList(0, all.size() - unflushed.size()), unflushed);
    }
}
