package io.flotilla.broker.partition;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.producer.EntryCheck;
import io.flotilla.broker.producer.Producers;
import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;
import io.flotilla.log.OffsetOutOfRangeException;
import io.flotilla.log.TimeAndOffset;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.config.TopicConfig;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.Peer;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker's replica of one partition, while it serves. Delegates: writes to {@link AppendQueue} and the Raft group,
 * storage to the log, visibility to {@link HighWatermark}. Safe for use by any thread.
 */
public final class Partition implements GroupStateMachine {
    private static final Logger logger = LoggerFactory.getLogger(Partition.class);
    private static final byte[] NO_PAYLOAD = {};

    private final PartitionId id;
    private final Log log;
    private final Producers producers;
    private final PartitionPayloads payloads;
    private final HighWatermark highWatermark;
    private final ReadWaiters waiters = new ReadWaiters();
    private final AppendQueue queue;
    private final Events events;
    private final PartitionCompaction compaction;
    private final AtomicLong forgottenUpTo = new AtomicLong();
    private volatile @Nullable RaftGroup group;

    /** Told what happens to a replica; on threads of its group, so it must be quick. */
    public interface Events {
        void leadershipChanged(Partition partition);

        void failed(Partition partition, Throwable cause);

        /** The leader has forgotten entries that the replica lacks; it gets no more until it has copied them. */
        void behind(Partition partition);
    }

    /** @param producers of the log */
    public Partition(
            PartitionId id,
            Log log,
            Producers producers,
            ProduceConfig config,
            int maxEntryBytes,
            InstantSource clock,
            Events events) {
        this.id = id;
        this.log = log;
        this.events = events;
        EntryEnds ends = new EntryEnds();
        this.producers = producers;
        this.payloads = new PartitionPayloads(log, ends, producers.table());
        this.highWatermark = new HighWatermark(log, ends, this::committedTo);
        this.compaction =
                new PartitionCompaction(log, producers, highWatermark, () -> Optional.ofNullable(group), clock);
        this.queue = new AppendQueue(this::propose, new Gate(), config, maxEntryBytes, clock);
    }

    /** The member of the Raft group that drives this replica; until it is known, the replica does not lead. */
    public void joined(RaftGroup raftGroup) {
        group = raftGroup;
        events.leadershipChanged(this);
    }

    public PartitionId id() {
        return id;
    }

    // ---- writing

    /** Appends on the leader. Completes when the batch is on disk on a majority and readable, or with why not. */
    public CompletableFuture<AppendOutcome> append(NewBatch batch) {
        return queue.offer(batch);
    }

    private CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
        RaftGroup member = group;
        return member == null
                ? CompletableFuture.completedFuture(new ProposeResult.NotLeader(Leadership.NO_LEADER))
                : member.propose(header, payload, term);
    }

    /**
     * Proposes, on the leader, that the log of every replica starts at {@code offset}; it never goes back. Once it is
     * committed, it does so here.
     *
     * @param offset not above the high watermark
     */
    public CompletableFuture<ProposeResult> trim(long offset) {
        return propose(EntryHeader.trim(offset), NO_PAYLOAD, RaftGroup.ANY_TERM).thenApply(result -> {
            RaftGroup member = group;
            if (member != null && result instanceof ProposeResult.Committed) {
                member.spreadCommit();
            }
            return result;
        });
    }

    /** Where the log is to start by the topic's settings; where it starts now if nothing is to go. Blocks for the disk. */
    public long retainedFrom(TopicConfig config, long nowMs) throws LogException {
        return Retention.of(config).startOf(log, highWatermark.offset(), nowMs);
    }

    /** From now on the log is divided into segments as {@code config} says. */
    public void divideLog(LogConfig config) throws LogException {
        log.divide(config);
    }

    /** Bytes of batches that wait to be proposed. */
    public long waitingBytes() {
        return queue.waitingBytes();
    }

    /** Completes when every replica of the partition has what is committed now; fails if that cannot be waited for. */
    public CompletableFuture<Void> onEveryReplica() {
        RaftGroup member = group;
        return member == null
                ? CompletableFuture.failedFuture(new IllegalStateException("replica of %s is not open".formatted(id)))
                : member.onEveryMember(member.status().committedIndex());
    }

    /**
     * The log's end as a leader sees it. Whoever proposes looks at it alone, and an entry is in the log, and in the table,
     * when its proposal has returned: so within one term nothing comes between a look and the append.
     */
    private final class Gate implements AppendGate {
        @Override
        public Optional<Admission> admit(long nowMs, int recordsBefore) {
            Leadership leadership = leadership(); // before the look
            return leadership.leads()
                    ? Optional.of(new Admission(
                            new EntryCheck(producers.table(), log.logEnd() + recordsBefore, nowMs), leadership.term()))
                    : Optional.empty();
        }

        @Override
        public boolean isCommitted(WrittenBatch batch) {
            return producers.table().isCommitted(batch);
        }
    }

    private void committedTo(long offset) {
        producers.table().committedTo(offset);
        waiters.advancedTo(offset);
    }

    // ---- reading

    /**
     * Whole committed frames from the one that holds {@code offset} on; empty at the high watermark.
     *
     * @throws OffsetOutOfRangeException if there is nothing at {@code offset} and nothing will be written there next
     */
    public LogSlice read(long offset, int maxBytes) throws LogException {
        return log.read(offset, highWatermark.offset(), maxBytes);
    }

    /** Whole frames for a replica that copies them: from the one that begins at {@code offset}, trimmed or not. */
    public LogSlice readKept(long offset, long endOffset, int maxBytes) throws LogException {
        compaction.copied();
        return log.readKept(offset, endOffset, maxBytes);
    }

    /** Frames before this offset may not be those that were appended. */
    public long rewrittenEnd() {
        return log.rewrittenEnd();
    }

    /** The frames of one entry, which must have some. */
    public byte[] readEntry(long raftIndex) throws IOException {
        return payloads.read(raftIndex);
    }

    /** What others can copy now, with a file of producers that is not newer; blocks for the disk. */
    public KeptState keptState() throws LogException {
        keepProducers();
        TermIndex last = payloads.lastStored();
        compaction.copied();
        return new KeptState(
                last, log.endOffsetOf(last.index()), log.logStart(), log.rewrittenEnd(), log.originOfStart());
    }

    /**
     * Runs {@code wake} once when there is something to read at {@code offset}; at once if there is already.
     *
     * @return to be run when nobody is interested any more
     */
    public Runnable whenReadable(long offset, Runnable wake) throws LogException {
        Runnable forget = waiters.park(offset, wake);
        try {
            if (highWatermark.offset() > offset) {
                waiters.advancedTo(highWatermark.offset()); // it advanced before we parked
            }
        } catch (LogException e) {
            forget.run();
            throw e;
        }
        return forget;
    }

    /** First batch that holds a record with this timestamp or a later one, if it is committed. */
    public Optional<TimeAndOffset> firstBatchAtOrAfter(long timestampMs) throws LogException {
        long end = highWatermark.offset();
        return log.firstBatchAtOrAfter(timestampMs).filter(found -> found.offset() < end);
    }

    public long logStart() {
        return log.logStart();
    }

    public long highWatermark() throws LogException {
        return highWatermark.offset();
    }

    public long logEnd() {
        return log.logEnd();
    }

    public long sizeBytes() {
        return log.sizeBytes();
    }

    /** Takes the replica out of service if its log was found damaged, which a read may do; to be called now and then. */
    public void leaveIfBroken() {
        RaftGroup member = group;
        if (member != null) {
            log.failure().ifPresent(member::fail);
        }
    }

    /** Whether {@link #reclaim} may have something to do. */
    public boolean hasTrimmedFiles() {
        return log.hasTrimmedSegments();
    }

    /** Deletes what was trimmed and no other replica will ask for any more; blocks for the disk. */
    public void reclaim() {
        RaftGroup member = group;
        try {
            if (member != null) {
                keepProducers();
                log.reclaim(member.firstKept() - 1);
                forgetTrimmed(member);
            }
        } catch (LogException | IOException e) {
            logger.warn("what was trimmed could not be deleted partition={}", id, e);
        }
    }

    /** Once for each new start: what then is still in the Raft log shares a file with entries that have to stay. */
    private void forgetTrimmed(RaftGroup member) {
        if (log.hasTrimmedSegments() && forgottenUpTo.getAndSet(log.logStart()) != log.logStart()) {
            member.forget();
        }
    }

    public PartitionCompaction compaction() {
        return compaction;
    }

    /** Whether {@link #keepProducers} has something to do. */
    public boolean hasMuchToKeep() {
        return producers.shouldBeKept(log.sizeBytes());
    }

    /** Writes down what is known of producers, so that the next start need not read it all from the log; blocks. */
    public void keepProducers() {
        producers.keep(log, highWatermark::offset);
    }

    // ---- leading

    public Leadership leadership() {
        RaftGroup member = group;
        return member == null ? Leadership.INACTIVE : member.leadership();
    }

    public Optional<GroupStatus> status() {
        return Optional.ofNullable(group).map(RaftGroup::status);
    }

    /** Those who may lead, as last agreed. */
    public List<Peer> voters() {
        RaftGroup member = group;
        return member == null ? List.of() : member.members().voters();
    }

    public CompletableFuture<Void> transferLeadership(int brokerId, Duration timeout) {
        RaftGroup member = group;
        return member == null
                ? CompletableFuture.failedFuture(new IllegalStateException("replica of %s is not open".formatted(id)))
                : member.transferLeadership(brokerId, timeout);
    }

    // ---- what the Raft group drives

    @Override
    public PayloadStore payloads() {
        return payloads;
    }

    @Override
    public StoredMark storedMark() {
        return payloads;
    }

    /** All that applying an entry does is to move the high watermark past it, or the log's start to where it says. */
    @Override
    public TermIndex startsAfter() {
        TermIndex applied = payloads.lastStored();
        if (!applied.equals(TermIndex.NONE)) {
            highWatermark.applied(applied.index());
        }
        return applied;
    }

    /**
     * The log itself is all there is to keep; what counts as stored in it is made certain. What was trimmed with its whole
     * segment need not stay, however new it is: nobody else will want to have it.
     */
    @Override
    public TermIndex snapshot(int keep) throws IOException {
        TermIndex last = payloads.lastStored();
        try {
            log.settle();
            LogEnd old = log.endAt(last.index() - keep);
            LogEnd trimmed = log.originOfStart();
            LogEnd forgettable = old.raftIndex() > trimmed.raftIndex() ? old : trimmed;
            return forgettable.raftIndex() == LogEnd.NOTHING
                    ? TermIndex.NONE
                    : new TermIndex(forgettable.term(), forgettable.raftIndex());
        } catch (LogException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void behind(TermIndex first) {
        events.behind(this);
    }

    @Override
    public void apply(TermIndex at, byte[] header) {
        EntryHeader.requireKnown(header);
        OptionalLong trim = EntryHeader.trimOffset(header);
        if (trim.isPresent()) {
            startAt(trim.getAsLong());
        } else {
            highWatermark.applied(at.index());
        }
    }

    /** Everything before {@code offset} was applied before, so it is in the log. */
    private void startAt(long offset) {
        try {
            log.trimTo(offset);
        } catch (LogException e) {
            throw new UncheckedIOException(new IOException(e.getMessage(), e));
        }
    }

    @Override
    public void leadershipChanged() {
        events.leadershipChanged(this);
        waiters.wakeAll();
    }

    @Override
    public void failed(Throwable cause) {
        events.failed(this, cause);
        waiters.wakeAll();
    }

    /** Closes the log; the Raft group must have been stopped. */
    public void close() throws LogException {
        waiters.wakeAll();
        keepProducers();
        log.close();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
