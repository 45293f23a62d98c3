package io.flotilla.broker.partition;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.Entry.Waiting;
import io.flotilla.broker.producer.Verdict;
import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftGroup;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Batches on their way into one partition. An entry costs the Raft group much and a byte little, so while one entry is
 * under way the batches that come in the meantime wait and are joined into the next:
 *
 * <pre>
 *   nothing under way           -&gt; propose at once
 *   something under way         -&gt; wait, until a quarter of a full entry is waiting, or what is under way is done
 * </pre>
 *
 * <p>Batches keep the order in which they were offered. When an entry is not written, those that wait behind it are refused:
 * their senders may count on what came before. A batch with conditions is judged right before it is proposed, when all
 * before it is in the log; the repeat of one that was written is answered as that was. Any thread may offer; one at a time proposes, whichever comes
 * first. Results arrive on a thread of the group.
 */
final class AppendQueue {
    /** Part of a full entry that is worth an entry while another is under way. */
    private static final int ENOUGH = 4;

    private static final byte[] NOTHING = {};

    private final Proposer proposer;
    private final AppendGate gate;
    private final ProduceConfig config;
    private final int maxEntryBytes;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int inFlight;
    private boolean proposing;
    private long lastAppendTimeMs;
    private @Nullable Entry newest; // of those in flight

    /** Takes entries to the Raft group. */
    interface Proposer {
        /** As {@link RaftGroup#propose(byte[], byte[], long)}. */
        CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term);
    }

    /** What one look at the waiting batches led to: an entry to be proposed, if any, and answers to others. */
    private record Round(@Nullable Entry entry, List<Runnable> answers) {}

    AppendQueue(Proposer proposer, AppendGate gate, ProduceConfig config, int maxEntryBytes, InstantSource clock) {
        this.proposer = proposer;
        this.gate = gate;
        this.config = config;
        this.maxEntryBytes = maxEntryBytes;
        this.clock = clock;
    }

    CompletableFuture<AppendOutcome> offer(NewBatch batch) {
        CompletableFuture<AppendOutcome> outcome = new CompletableFuture<>();
        lock.lock();
        try {
            if (waitingBytes > 0 && waitingBytes + batch.frameBytes() > config.partitionQueueBytes()) {
                return CompletableFuture.completedFuture(new AppendOutcome.Refused(
                        AppendOutcome.Reason.OVERLOADED,
                        "%d bytes wait for this partition; at most %d may"
                                .formatted(waitingBytes, config.partitionQueueBytes())));
            }
            waiting.add(new Waiting(batch, outcome));
            waitingBytes += batch.frameBytes();
        } finally {
            lock.unlock();
        }
        propose();
        return outcome;
    }

    /** Bytes that were offered and not yet proposed. */
    long waitingBytes() {
        lock.lock();
        try {
            return waitingBytes;
        } finally {
            lock.unlock();
        }
    }

    private void propose() {
        if (!begin()) {
            return;
        }
        for (Round round = next(); round != null; round = next()) {
            round.answers().forEach(Runnable::run);
            Entry entry = round.entry();
            if (entry != null) {
                var unused = propose(entry.header(), entry.payload(), entry.term())
                        .whenComplete((result, error) -> done(entry, result, error));
            }
        }
    }

    private CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
        try {
            return proposer.propose(header, payload, term);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Whether this thread is the one that proposes. */
    private boolean begin() {
        lock.lock();
        try {
            if (proposing || !mayPropose()) {
                return false;
            }
            proposing = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** For the thread that proposes, which is released by null. */
    private @Nullable Round next() {
        lock.lock();
        try {
            if (!mayPropose()) {
                proposing = false;
                return null;
            }
            return join();
        } finally {
            lock.unlock();
        }
    }

    private boolean mayPropose() {
        return !waiting.isEmpty()
                && (inFlight == 0
                        || (inFlight < config.maxInFlightEntries() && waitingBytes >= config.joinBytes() / ENOUGH));
    }

    private Round join() {
        lastAppendTimeMs = Math.max(lastAppendTimeMs, clock.millis()); // never goes back within a leadership
        List<Waiting> joined = new ArrayList<>();
        List<Runnable> answers = new ArrayList<>();
        Judge judge = new Judge(gate, lastAppendTimeMs);
        int bytes = 0;
        for (Waiting next = waiting.peek();
                next != null && (joined.isEmpty() || fits(bytes + next.batch().frameBytes()));
                next = waiting.peek()) {
            Optional<Verdict> verdict = judge.verdict(next.batch());
            if (verdict.filter(Verdict.Later.class::isInstance).isPresent()) {
                break;
            }
            waiting.remove();
            waitingBytes -= next.batch().frameBytes();
            if (verdict.filter(Verdict.Fresh.class::isInstance).isPresent()) {
                bytes += next.batch().frameBytes();
                joined.add(next);
            } else {
                answers.add(answer(next, verdict));
            }
        }
        if (joined.isEmpty()) {
            return new Round(null, answers);
        }
        inFlight++;
        newest = new Entry(joined, bytes, lastAppendTimeMs, judge.term());
        return new Round(newest, answers);
    }

    private Runnable answer(Waiting next, Optional<Verdict> verdict) {
        if (verdict.isEmpty()) {
            return () -> next.outcome().complete(new AppendOutcome.NotLeader(Leadership.NO_LEADER));
        } else if (verdict.get() instanceof Verdict.Duplicate duplicate) {
            return repeat(next, duplicate.written());
        }
        return () -> deny(next, (Verdict.Refused) verdict.get());
    }

    /** What was written before is answered like what is written now: when it is committed. */
    private Runnable repeat(Waiting next, WrittenBatch written) {
        if (gate.isCommitted(written)) {
            return () -> next.outcome().complete(new AppendOutcome.Appended(written, true));
        }
        Entry behind = newest;
        if (behind == null) {
            return () -> next.outcome()
                    .complete(new AppendOutcome.Refused(
                            AppendOutcome.Reason.LEADER_UNAVAILABLE, "the batch is in the log, but not committed yet"));
        }
        behind.answerToo(written, next.outcome());
        return () -> {};
    }

    /** Only the leader can know, and whether this replica still leads, the others say by committing something. */
    private void deny(Waiting next, Verdict.Refused why) {
        var unused = propose(NOTHING, NOTHING, RaftGroup.ANY_TERM)
                .whenComplete((result, error) -> next.outcome()
                        .complete(
                                result instanceof ProposeResult.Committed
                                        ? new AppendOutcome.Denied(why)
                                        : notTried(failure(result, error))));
    }

    private boolean fits(int bytes) {
        return bytes <= Math.min(maxEntryBytes, config.joinBytes());
    }

    private void done(Entry entry, @Nullable ProposeResult result, @Nullable Throwable error) {
        AppendOutcome failure = result instanceof ProposeResult.Committed ? null : failure(result, error);
        List<Waiting> behind = List.of();
        lock.lock();
        try {
            inFlight--;
            if (newest == entry) {
                newest = null;
            }
            if (failure != null) {
                behind = List.copyOf(waiting);
                waiting.clear();
                waitingBytes = 0;
            }
        } finally {
            lock.unlock();
        }
        if (failure == null) {
            entry.completeAppended();
        } else {
            entry.completeFailed(failure);
            AppendOutcome refusal = notTried(failure);
            behind.forEach(next -> next.outcome().complete(refusal));
        }
        propose();
    }

    private static AppendOutcome failure(@Nullable ProposeResult result, @Nullable Throwable error) {
        if (result instanceof ProposeResult.NotLeader elsewhere) {
            return new AppendOutcome.NotLeader(elsewhere.leaderId());
        } else if (result instanceof ProposeResult.Refused refused) {
            return new AppendOutcome.Refused(AppendOutcome.Reason.LEADER_UNAVAILABLE, refused.reason());
        } else if (result instanceof ProposeResult.Unknown unknown) {
            return new AppendOutcome.Unknown(unknown.reason());
        }
        return error == null
                ? new AppendOutcome.NotLeader(Leadership.NO_LEADER)
                : new AppendOutcome.Unknown(String.valueOf(error.getMessage()));
    }

    private static AppendOutcome notTried(AppendOutcome failure) {
        return failure instanceof AppendOutcome.Unknown unknown
                ? new AppendOutcome.Refused(
                        AppendOutcome.Reason.LEADER_UNAVAILABLE,
                        "not tried, as a batch before it may be lost: " + unknown.message())
                : failure;
    }
}
