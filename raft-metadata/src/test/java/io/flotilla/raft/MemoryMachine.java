package io.flotilla.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A group's state on one node, kept in memory: payloads written, payloads flushed, and what was applied. Reusing the
 * object for a second opening stands for a restart; {@link #crash} first forgets what was not flushed. All its methods
 * are safe for any thread.
 */
public final class MemoryMachine implements GroupStateMachine, PayloadStore, StoredMark {
    private final TreeMap<Long, Entry> written = new TreeMap<>();
    private final List<String> applied = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private long flushedIndex = -1;
    private long stored = NOTHING;
    private long truncatedFrom = -1;
    private @Nullable IOException nextFlushFails;
    private TermIndex startsAfter = TermIndex.NONE;
    private volatile CompletableFuture<Void> flushesMayReturn = CompletableFuture.completedFuture(null);

    private record Entry(long term, String payload) {}

    @Override
    public PayloadStore payloads() {
        return this;
    }

    @Override
    public StoredMark storedMark() {
        return this;
    }

    @Override
    public synchronized TermIndex startsAfter() {
        return startsAfter;
    }

    /** From now on, what is stored need not be applied again. */
    public synchronized void startAfterStored() {
        Map.Entry<Long, Entry> last = Objects.requireNonNull(written.floorEntry(stored));
        startsAfter = new TermIndex(last.getValue().term(), last.getKey());
    }

    @Override
    public synchronized void apply(TermIndex at, byte[] header) {
        applied.add(new String(header, java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Headers of the entries applied since the last opening, in order. */
    public synchronized List<String> applied() {
        return List.copyOf(applied);
    }

    /** Payloads kept, in order. */
    public synchronized List<String> kept() {
        return written.values().stream().map(Entry::payload).toList();
    }

    public synchronized void failNextFlush(IOException error) {
        nextFlushFails = error;
    }

    /** What a power loss leaves. */
    public synchronized void crash() {
        written.tailMap(flushedIndex, false).clear();
        restart();
    }

    public synchronized void restart() {
        applied.clear();
        failure.set(null);
    }

    /** Forgets everything, as a replica does that is rebuilt. */
    public synchronized void clear() {
        written.clear();
        flushedIndex = -1;
        stored = NOTHING;
        restart();
    }

    @Override
    public void failed(Throwable cause) {
        failure.compareAndSet(null, cause);
    }

    public @Nullable Throwable failure() {
        return failure.get();
    }

    @Override
    public synchronized TermIndex last() {
        return written.isEmpty()
                ? TermIndex.NONE
                : new TermIndex(written.lastEntry().getValue().term(), written.lastKey());
    }

    @Override
    public synchronized OptionalLong termOf(long index) {
        Entry entry = written.get(index);
        return entry == null ? OptionalLong.empty() : OptionalLong.of(entry.term());
    }

    @Override
    public synchronized OptionalLong truncatedFrom() {
        return truncatedFrom < 0 ? OptionalLong.empty() : OptionalLong.of(truncatedFrom);
    }

    @Override
    public synchronized void write(TermIndex at, byte[] payload) {
        written.tailMap(at.index()).clear();
        written.put(at.index(), new Entry(at.term(), new String(payload, java.nio.charset.StandardCharsets.UTF_8)));
        truncatedFrom = -1;
    }

    /** Flushes from now on do not return until {@code until} completes. */
    public void hangFlushes(CompletableFuture<Void> until) {
        flushesMayReturn = until;
    }

    @Override
    public void flush() throws IOException {
        flushesMayReturn.join();
        flushNow();
    }

    private synchronized void flushNow() throws IOException {
        if (nextFlushFails != null) {
            throw nextFlushFails;
        }
        flushedIndex = written.isEmpty() ? -1 : written.lastKey();
    }

    @Override
    public synchronized void truncate(long index) {
        written.tailMap(index).clear();
        flushedIndex = Math.min(flushedIndex, index - 1);
        truncatedFrom = index;
    }

    @Override
    public synchronized byte[] read(long index) {
        Entry entry = written.get(index);
        if (entry == null) {
            throw new IllegalStateException("entry %d has no payload here".formatted(index));
        }
        return entry.payload().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public synchronized long storedIndex() {
        return stored;
    }

    @Override
    public synchronized void confirm(long index) {
        stored = Math.max(stored, index);
    }

    /** As after a power loss, when the mark on disk is an older one. */
    public synchronized void takeBackMark(long index) {
        stored = index;
    }
}
