package io.flotilla.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One partition's log on one replica: frames in the order of their offsets and raft indexes.
 *
 * <pre>
 *   append -&gt; in memory, readable -&gt; flush -&gt; durable -&gt; trim -&gt; reclaim -&gt; gone
 *                     \________________________\ truncate -&gt; gone; never below what is protected
 *
 *   logStart &lt;= protected &lt;= logEnd
 * </pre>
 *
 * <p><b>Threads.</b> {@link #append} and {@link #truncateFrom} are called by one thread at a time, in the order of raft
 * indexes. {@link #flush} is called by another, at the same time. {@link #trimTo}, {@link #reclaim}, {@link #confirmStored} and all
 * reads are called by any. The log starts no thread. An append does no I/O and waits for none, unless it has to truncate.
 *
 * <p><b>Memory.</b> What is appended and not flushed is held; whoever appends bounds it, see {@link #unflushedBytes}.
 *
 * <p><b>Failure.</b> When a change of the files stops half-way, or stored bytes turn out wrong, the log has failed for good, and
 * everything that writes throws {@link LogFailedException} with the first cause. A failed force is never tried again. What
 * was flushed before can still be read.
 *
 * <p>Locks, in this order: the compaction's (held as long as one runs), the file lock (held during I/O), the tail's, the
 * cache's.
 */
public final class Log implements AutoCloseable {
    private final LogStore store;
    private final Path directory;
    private final boolean isNew;
    private final LogFiles files;
    private final Tail tail;
    private final LogFailure failure;
    private final LogReader reader;
    private final ReentrantLock compacting = new ReentrantLock();
    private final ReentrantLock fileLock = new ReentrantLock();
    private final AtomicLong protectedBelow;
    private volatile LogConfig config;
    private volatile boolean closing;
    private volatile boolean closed;

    Log(LogStore store, Path directory, LogConfig config, LogFiles files, boolean isNew) {
        this.store = store;
        this.directory = directory;
        this.config = config;
        this.isNew = isNew;
        this.files = files;
        this.tail = new Tail(files.segments().end().logEnd(), files.fill());
        this.failure = new LogFailure(directory, store.metrics());
        this.reader =
                new LogReader(directory, store.disk(), files, this::settledRemovals, tail, failure, store.metrics());
        this.protectedBelow = new AtomicLong(files.logStart());
    }

    /**
     * Takes in the frames of one raft index. Frames that have no offsets yet (a leader's) get offset, raft index and term;
     * frames that have them (a follower's) must continue the log exactly. What is there, or counts as stored, from
     * {@code raftIndex} on is truncated first.
     *
     * @param raftIndex larger than before, not necessarily by one
     * @param term of the entry, not smaller than that of the entry before; fits 32 bits
     * @param frames one or more whole frames; the log's own from here on, and filled in where they lie
     * @throws InvalidFramesException if the frames are malformed, damaged or do not continue the log; they were not taken
     */
    public AppendResult append(long raftIndex, long term, byte[] frames) throws LogException {
        checkOpen();
        failure.check();
        if (term < 0 || term > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("term is %d, must be 0 to %d".formatted(term, Integer.MAX_VALUE));
        }
        if (raftIndex <= Math.max(tail.end().raftIndex(), files.storedRaftIndex())) {
            truncateFrom(raftIndex);
        }
        Entry entry = Entry.take(frames, raftIndex, (int) term, tail.end(), tail.fill(), config);
        store.cache().appended(entry);
        tail.append(entry);
        store.metrics().appended(entry);
        return new AppendResult(entry.baseOffset(), entry.end().offset());
    }

    /** Makes everything appended before the call durable. After a failure, nobody knows what is; the log has failed. */
    public void flush() throws LogException {
        changingFiles(this::flushTail);
    }

    /**
     * The caller counts every entry up to {@code raftIndex} as stored on this node, those without frames too. Not durable
     * by itself against a power loss, but never more than is.
     *
     * @throws IllegalArgumentException if frames up to there are not flushed; nothing was changed
     */
    public void confirmStored(long raftIndex) throws LogException {
        changingFiles(() -> {
            if (tail.lastUnflushedBefore(raftIndex + 1) != null) {
                throw new IllegalArgumentException("log %s: raft index %d cannot count as stored, %d is flushed"
                        .formatted(directory, raftIndex, flushedEnd().raftIndex()));
            }
            files.confirmStored(raftIndex);
        });
    }

    /** Makes certain that what counts as stored does so after a power loss too. */
    public void settle() throws LogException {
        changingFiles(files::settle);
    }

    /**
     * Drops all frames from {@code raftIndex} on, inclusive; durable on return. Waits for a flush that is running.
     *
     * @throws IllegalArgumentException if that would drop what is protected; nothing was changed
     */
    public void truncateFrom(long raftIndex) throws LogException {
        changingFiles(() -> truncate(raftIndex));
    }

    /**
     * Makes {@code offset} the log's start, durably: batches before it cannot be read by offset any more. Files stay until
     * they are {@linkplain #reclaim reclaimed}. Does nothing if the log starts there or later.
     *
     * @throws OffsetOutOfRangeException if {@code offset} is above the log's end
     */
    public void trimTo(long offset) throws LogException {
        changingFiles(() -> trim(offset));
    }

    /**
     * Deletes the sealed segments that lie before the log's start as a whole, but for those that hold an entry behind
     * {@code raftIndex}: replicas may still ask for that one ({@link #readEntry}).
     */
    public void reclaim(long raftIndex) throws LogException {
        changingFiles(() -> files.reclaim(raftIndex));
    }

    /**
     * Takes records away that a later one with the same key has made obsolete. Offsets stay; frames may become larger or
     * smaller, or go. Everything else goes on meanwhile, another compaction excepted, which waits.
     *
     * @throws CompactionStoppedException if it was told to stop, or the disk refused: a part of it may be done
     * @throws CorruptBatchException if what is stored is not what was written; the log has failed
     */
    public CompactionResult compact(BatchContents contents, CompactionRules rules, CompactionPace pace)
            throws LogException {
        compacting.lock();
        try {
            checkOpen();
            failure.check();
            CompactionResult result = compaction(contents, rules, pace).run();
            if (result.cleanEnd() > cleanEnd()) {
                changingFiles(() -> files.compacted(result.cleanEnd(), rules.nowMs()));
            }
            store.metrics().compacted(result);
            return result;
        } catch (BadFrameException e) {
            throw failure.because(e.asCorruptBatch());
        } catch (IOException e) {
            throw new CompactionStoppedException(directory, e);
        } finally {
            compacting.unlock();
        }
    }

    /** Frames below {@code offset} are those of a replica that had compacted them, so they may not be as they were appended. */
    public void markRewritten(long offset) throws LogException {
        changingFiles(() -> files.markRewritten(offset));
    }

    private Compaction compaction(BatchContents contents, CompactionRules rules, CompactionPace pace) {
        CompactionPace untilClosed = new CompactionPace() {
            @Override
            public void passed(int bytes) {
                pace.passed(bytes);
            }

            @Override
            public boolean goesOn() {
                return !closing && pace.goesOn();
            }
        };
        return new Compaction(
                store.disk(),
                directory,
                files,
                config.indexIntervalBytes(),
                contents,
                rules,
                untilClosed,
                (start, end) -> exchange(start, end, untilClosed));
    }

    private boolean exchange(Boundary start, Boundary end, CompactionPace pace) throws LogException {
        boolean[] done = {false};
        changingFiles(() -> {
            done[0] = pace.goesOn() && files.exchange(start, end);
            if (done[0]) {
                store.cache().dropped(tail.dropFlushedThrough(end.offset()));
            }
        });
        return done[0];
    }

    /** How often frames were taken away, with no change of the files under way. */
    private long settledRemovals() {
        fileLock.lock();
        try {
            return files.removals();
        } finally {
            fileLock.unlock();
        }
    }

    /**
     * From now on segments end, and index rows are written, as {@code changed} says. Replicas that hear of it at different
     * entries divide their logs differently; the bytes are the same.
     */
    public void divide(LogConfig changed) throws LogException {
        changingFiles(() -> {
            files.divide(changed);
            config = changed;
        });
    }

    /** From now on, offsets below {@code offset} (the high watermark) must never be truncated. Never goes back. */
    public void protectBelow(long offset) {
        protectedBelow.accumulateAndGet(offset, Math::max);
    }

    /**
     * Whole frames, from the one that holds {@code offset} on, at most {@code maxBytes} but at least one. Empty if
     * {@code offset} is {@code endOffset}. May be shorter than it could be; read on at {@link LogSlice#nextOffset}.
     *
     * @param endOffset exclusive, a batch's end: the caller's high watermark
     * @throws OffsetOutOfRangeException if {@code offset} is below the log's start, or above {@code endOffset}
     * @throws CorruptBatchException if what is stored is not what was written; the log has failed
     * @throws LogReadException if a file could not be opened just now
     */
    public LogSlice read(long offset, long endOffset, int maxBytes) throws LogException {
        checkOpen();
        return reader.read(offset, endOffset, maxBytes);
    }

    /**
     * Whole frames from {@code offset}, where one begins, on, as {@link #read} gives them, but also from before the log's
     * start, as far as files are kept: for a replica that copies them.
     */
    public LogSlice readKept(long offset, long endOffset, int maxBytes) throws LogException {
        checkOpen();
        return reader.readKept(offset, endOffset, maxBytes);
    }

    /** Where the segment that holds the log's start begins. */
    public LogEnd originOfStart() throws LogException {
        checkOpen();
        return reader.originOf(files.logStart());
    }

    /** All frames of one raft index, flushed or not. */
    public StoredEntry readEntry(long raftIndex) throws LogException {
        checkOpen();
        return reader.entry(raftIndex);
    }

    /**
     * Offset after the last frame whose raft index is {@code raftIndex} or smaller; if all such frames were trimmed, the
     * first offset that is left.
     */
    public long endOffsetOf(long raftIndex) throws LogException {
        checkOpen();
        return reader.endOf(raftIndex).offset();
    }

    /** The last frame whose raft index is {@code raftIndex} or smaller, and the offset after it. */
    public LogEnd endAt(long raftIndex) throws LogException {
        checkOpen();
        return reader.endOf(raftIndex);
    }

    /** Term of the entry with this raft index; empty if the log has no frames of it. */
    public OptionalInt termOf(long raftIndex) throws LogException {
        checkOpen();
        return reader.termOf(raftIndex);
    }

    /** Term of the batch that holds {@code offset}. */
    public int termAt(long offset) throws LogException {
        checkOpen();
        return reader.termAt(offset);
    }

    /** When the batch that holds {@code offset}, which is flushed, was appended, by the clock of its leader. */
    public long appendTimeAt(long offset) throws LogException {
        checkOpen();
        return reader.appendTimeAt(offset);
    }

    /** First offset written in a term later than {@code term}; the log's end if there is none (KIP-101). */
    public long endOffsetOfTerm(long term) throws LogException {
        checkOpen();
        return reader.endOffsetOfTerm(term);
    }

    /** The first batch that holds a record with this timestamp or a later one. */
    public Optional<TimeAndOffset> firstBatchAtOrAfter(long timestampMs) throws LogException {
        checkOpen();
        return reader.firstBatchAtOrAfter(timestampMs);
    }

    /** First offset that can be read. */
    public long logStart() {
        return files.logStart();
    }

    /** First offset not written, flushed or not. */
    public long logEnd() {
        return tail.end().offset();
    }

    /** The log's end and the last batch before it, as they were at one moment. */
    public LogEnd end() {
        return tail.end();
    }

    /** Below this offset no record has a key that occurs again below it; 0 if the log was never compacted. */
    public long cleanEnd() {
        return files.compaction().cleanEnd();
    }

    /** Below this offset frames may not be those that were appended; 0 if the log was never compacted. */
    public long rewrittenEnd() {
        return files.compaction().rewrittenEnd();
    }

    /** Raft index of the last batch, or {@link LogEnd#NOTHING}. */
    public long lastRaftIndex() {
        return tail.end().raftIndex();
    }

    /** Everything before this is durable. */
    public LogEnd flushedEnd() {
        return files.segments().end().logEnd();
    }

    /** Up to which the caller counted entries as stored; after a power loss at least what was last forced. */
    public long storedRaftIndex() {
        return files.storedRaftIndex();
    }

    /**
     * The first raft index that was cut away, if the files were cut and nothing was flushed since. If the caller's Raft log
     * still has that entry, it was about to be cut too when the node went down.
     */
    public OptionalLong truncatedFrom() {
        return files.truncatedFrom();
    }

    /** Whether there was no log in the directory before it was opened. */
    public boolean isNew() {
        return isNew;
    }

    /** Bytes of all segments, and of what is not flushed. */
    public long sizeBytes() {
        return files.segments().sizeBytes() + tail.unflushedBytes();
    }

    /** Bytes held in memory until they are flushed. */
    public long unflushedBytes() {
        return tail.unflushedBytes();
    }

    /** The flushed segments, oldest first; the last one is still written. */
    public List<SegmentSummary> segments() {
        return files.segments().summaries();
    }

    /** Whether there are sealed segments that lie before the log's start as a whole. */
    public boolean hasTrimmedSegments() {
        return files.segments().oldest().end().offset() <= files.logStart()
                && !files.segments().sealed().isEmpty();
    }

    /** What made the log fail, if it has failed. */
    public Optional<Throwable> failure() {
        return failure.cause();
    }

    /**
     * Flushes, unless the log has failed, and closes the files. Slices read before stay good. Nobody may append at the same
     * time.
     */
    @Override
    public void close() throws LogException {
        closing = true;
        compacting.lock();
        fileLock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            try (files) {
                if (failure.cause().isEmpty()) {
                    flushTail();
                    files.settle();
                }
            }
        } catch (IOException e) {
            throw failure.because(e);
        } finally {
            store.cache().dropped(tail.clear());
            fileLock.unlock();
            compacting.unlock();
        }
    }

    private interface FileChange {
        void make() throws IOException, BadFrameException, LogException;
    }

    private void changingFiles(FileChange change) throws LogException {
        fileLock.lock();
        try {
            checkOpen();
            failure.check();
            change.make();
        } catch (BadFrameException e) {
            throw failure.because(e.asCorruptBatch());
        } catch (IOException e) {
            throw failure.because(e);
        } catch (IllegalArgumentException refusal) {
            throw refusal; // nothing was changed
        } catch (RuntimeException | Error e) {
            // Memory may have run out, say, with the change half made: what follows would build on it.
            failure.because(e);
            throw e;
        } finally {
            fileLock.unlock();
        }
    }

    private void flushTail() throws IOException {
        List<Entry> entries = tail.unflushed();
        if (entries.isEmpty()) {
            return;
        }
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.sizeBytes();
        }
        long started = store.nanoClock().getAsLong();
        files.flush(entries);
        tail.flushed(entries);
        store.cache().flushed(tail, entries);
        store.metrics().flushed(bytes, store.nanoClock().getAsLong() - started);
    }

    private void truncate(long raftIndex) throws IOException, BadFrameException {
        Boundary flushed = files.segments().end();
        if (raftIndex <= flushed.raftIndex()) {
            LogFiles.Cut cut = files.cutAt(raftIndex);
            checkNotProtected(raftIndex, cut.place().offset());
            files.truncate(cut, raftIndex);
            forget(raftIndex, cut.place().logEnd(), files.fill());
        } else if (raftIndex <= tail.end().raftIndex()) {
            Entry last = tail.lastUnflushedBefore(raftIndex);
            LogEnd end = last == null ? flushed.logEnd() : last.end();
            checkNotProtected(raftIndex, end.offset());
            files.lowerStored(raftIndex);
            forget(raftIndex, end, last == null ? files.fill() : last.fill());
        } else {
            files.lowerStored(raftIndex);
        }
    }

    private void forget(long raftIndex, LogEnd end, SegmentFill fill) {
        store.cache().dropped(tail.truncateFrom(raftIndex, end, fill));
        store.metrics().truncated();
    }

    private void checkNotProtected(long raftIndex, long offset) {
        long least = Math.max(protectedBelow.get(), files.logStart());
        if (offset < least) {
            throw new IllegalArgumentException(
                    "log %s: truncating from raft index %d would drop offsets %d to %d, which are committed"
                            .formatted(directory, raftIndex, offset, least - 1));
        }
    }

    private void trim(long offset) throws IOException, OffsetOutOfRangeException {
        if (offset > tail.end().offset()) {
            throw new OffsetOutOfRangeException(
                    directory, offset, files.logStart(), tail.end().offset());
        }
        if (offset <= files.logStart()) {
            return;
        }
        if (offset > files.segments().end().offset()) {
            flushTail();
        }
        files.trim(offset);
    }

    private void checkOpen() throws LogClosedException {
        if (closed) {
            throw new LogClosedException(directory);
        }
    }
}
