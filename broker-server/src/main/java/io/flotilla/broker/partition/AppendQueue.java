package io.flotilla.broker.partition;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.ProposeResult;
import io.flotilla.record.BatchFrame;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
 * their senders may count on what came before. Any thread may offer; one at a time proposes, whichever comes
 * first. Results arrive on a thread of the group.
 */
final class AppendQueue {
    /** Part of a full entry that is worth an entry while another is under way. */
    private static final int ENOUGH = 4;

    private final Proposer proposer;
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

    /** Takes entries to the Raft group. */
    interface Proposer {
        CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload);
    }

    private record Waiting(NewBatch batch, CompletableFuture<AppendOutcome> outcome) {}

    AppendQueue(Proposer proposer, ProduceConfig config, int maxEntryBytes, InstantSource clock) {
        this.proposer = proposer;
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
        for (Entry entry = next(); entry != null; entry = nextAfter()) {
            Entry proposed = entry;
            var unused = propose(proposed).whenComplete((result, error) -> done(proposed, result, error));
        }
    }

    private CompletableFuture<ProposeResult> propose(Entry entry) {
        try {
            return proposer.propose(entry.header(), entry.payload());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The next entry, if this thread is to propose it. */
    private @Nullable Entry next() {
        lock.lock();
        try {
            if (proposing || !mayPropose()) {
                return null;
            }
            proposing = true;
            return join();
        } finally {
            lock.unlock();
        }
    }

    /** The same for the thread that has just proposed one. */
    private @Nullable Entry nextAfter() {
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

    private Entry join() {
        List<Waiting> joined = new ArrayList<>();
        int bytes = 0;
        for (Waiting next = waiting.peek();
                next != null && (joined.isEmpty() || fits(bytes + next.batch().frameBytes()));
                next = waiting.peek()) {
            bytes += next.batch().frameBytes();
            joined.add(waiting.remove());
        }
        waitingBytes -= bytes;
        inFlight++;
        lastAppendTimeMs = Math.max(lastAppendTimeMs, clock.millis()); // never goes back within a leadership
        return new Entry(joined, bytes, lastAppendTimeMs);
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
            entry.joined.forEach(next -> next.outcome().complete(failure));
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

    /** Batches joined for one Raft entry, and the frames they became. */
    private static final class Entry {
        private final List<Waiting> joined;
        private final byte[] frames;
        private final byte[] header;

        Entry(List<Waiting> joined, int bytes, long appendTimeMs) {
            this.joined = joined;
            this.frames = new byte[bytes];
            int at = 0;
            int records = 0;
            for (Waiting next : joined) {
                NewBatch batch = next.batch();
                var frame = batch.header(appendTimeMs);
                records += (int) (frame.nextOffset() - frame.baseOffset());
                at += BatchFrame.write(frame, batch.bytes(), batch.position(), batch.length(), frames, at);
            }
            this.header = EntryHeader.records(records, bytes);
        }

        byte[] header() {
            return header;
        }

        byte[] payload() {
            return frames;
        }

        /** The log has filled in offsets and term where the frames lie. */
        void completeAppended() {
            int at = 0;
            for (Waiting next : joined) {
                BatchFrame frame = BatchFrame.read(frames, at, frames.length);
                at += frame.size();
                next.outcome()
                        .complete(new AppendOutcome.Appended(
                                frame.baseOffset(),
                                frame.nextOffset(),
                                frame.header().appendTimeMs(),
                                frame.header().leaderEpoch()));
            }
        }
    }
}
