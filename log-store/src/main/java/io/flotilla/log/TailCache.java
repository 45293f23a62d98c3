package io.flotilla.log;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One bound for the newest frames that all logs of a broker keep in memory. Shares the arrays that were appended, copies
 * nothing, and lets go of the oldest first, whichever log they belong to. Entries that are not flushed count, but cannot
 * be let go of: only the callers of append bound those.
 *
 * <p>Its lock is never held while another is taken.
 */
public final class TailCache {
    /** What a log has to let go of, once the lock is released. */
    private record Victim(Tail tail, long nextOffset) {}

    private final long maxBytes;
    private final AtomicLong unflushedBytes = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Entry, Tail> flushed = new LinkedHashMap<>(); // oldest first
    private long flushedBytes;

    /** @param maxBytes of frames, over all logs; 0 keeps only what is not flushed */
    public TailCache(long maxBytes) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes is %d, must be at least 0".formatted(maxBytes));
        }
        this.maxBytes = maxBytes;
    }

    public long maxBytes() {
        return maxBytes;
    }

    /** Bytes held now: what was flushed, within the bound, and what was not. */
    public long sizeBytes() {
        lock.lock();
        try {
            return flushedBytes + unflushedBytes.get();
        } finally {
            lock.unlock();
        }
    }

    /** Counts an entry that cannot be evicted yet. */
    void appended(Entry entry) {
        unflushedBytes.addAndGet(entry.sizeBytes());
    }

    /** Takes over entries that were just flushed, and makes room for them. */
    void flushed(Tail tail, List<Entry> entries) {
        List<Victim> evicted = new ArrayList<>();
        lock.lock();
        try {
            for (Entry entry : entries) {
                flushed.put(entry, tail);
                flushedBytes += entry.sizeBytes();
                unflushedBytes.addAndGet(-entry.sizeBytes());
            }
            Iterator<Map.Entry<Entry, Tail>> oldest = flushed.entrySet().iterator();
            while (flushedBytes + unflushedBytes.get() > maxBytes && oldest.hasNext()) {
                Map.Entry<Entry, Tail> victim = oldest.next();
                flushedBytes -= victim.getKey().sizeBytes();
                evicted.add(new Victim(victim.getValue(), victim.getKey().end().offset()));
                oldest.remove();
            }
        } finally {
            lock.unlock();
        }
        // Another thread may evict younger entries of the same log first; then these are gone already.
        evicted.forEach(victim -> victim.tail.evictThrough(victim.nextOffset));
    }

    /** Forgets entries that their log dropped. */
    void dropped(Tail.Dropped entries) {
        entries.unflushed().forEach(entry -> unflushedBytes.addAndGet(-entry.sizeBytes()));
        lock.lock();
        try {
            for (Entry entry : entries.flushed()) {
                // Gone already if it is being evicted right now.
                if (flushed.remove(entry) != null) {
                    flushedBytes -= entry.sizeBytes();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
