package io.flotilla.broker.producer;

import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.record.BatchInfo;
import io.flotilla.record.BatchScanner;
import io.flotilla.record.ProducerSequence;
import io.flotilla.wire.FormatException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wrote what to one partition: follows the log's end, forwards and backwards, on the leader and on followers alike.
 * The rules are those of Kafka's idempotent producer (KIP-98), with {@value ProducerHistory#REMEMBERED} batches
 * remembered instead of 5.
 *
 * <p>Written by the append side, in the order of the log; safe for use by any thread.
 */
public final class ProducerTable {
    private static final Logger log = LoggerFactory.getLogger(ProducerTable.class);

    /** Batches remembered of each producer, so that it may repeat them. */
    public static final int REMEMBERED_BATCHES = ProducerHistory.REMEMBERED;

    /** A producer that has written nothing for so long is forgotten. By the clocks of leaders. */
    static final long EXPIRY_MS = 7 * 24 * 3_600_000L;

    private static final long SWEEP_MS = 3_600_000;

    private final ReentrantLock lock = new ReentrantLock();

    // guarded by the lock
    private final Map<Long, ProducerHistory> producers = new HashMap<>();
    private final PublishedRequests requests = new PublishedRequests();
    private long committedOffset;
    private long endOffset; // of what was written
    private long latestAppendMs;
    private long sweptMs;

    /** Takes note of frames that were just appended to the log; they have their offsets. */
    public void written(byte[] frames) {
        written(new BatchFrames(frames, 0, frames.length));
    }

    void written(Iterable<BatchFrame> frames) {
        lock.lock();
        try {
            frames.forEach(this::written);
            sweep();
        } finally {
            lock.unlock();
        }
    }

    private void written(BatchFrame frame) {
        WrittenBatch batch = WrittenBatch.of(frame);
        latestAppendMs = Math.max(latestAppendMs, batch.appendTimeMs());
        endOffset = batch.nextOffset();
        try {
            BatchInfo info = BatchScanner.header(frame.bytes(), frame.bodyPosition(), frame.bodyBytes());
            written(info.producer(), info.requestId(), batch);
        } catch (FormatException e) {
            log.error("a batch in the log is no batch, and counts as nobody's offset={}", batch.baseOffset(), e);
        }
    }

    private void written(@Nullable ProducerSequence stamp, @Nullable UUID requestId, WrittenBatch batch) {
        if (stamp != null) {
            producers
                    .computeIfAbsent(stamp.producerId(), id -> new ProducerHistory())
                    .written(new SequencedBatch(stamp.producerEpoch(), stamp.baseSequence(), batch), committedOffset);
        }
        if (requestId != null) {
            requests.written(requestId, batch);
        }
    }

    /** Now and then, as every producer is looked at. */
    private void sweep() {
        if (latestAppendMs - sweptMs >= SWEEP_MS) {
            sweptMs = latestAppendMs;
            producers.values().removeIf(history -> history.lastAppendMs() < latestAppendMs - EXPIRY_MS);
        }
    }

    /** The log ends at {@code offset}. Quick if that is nothing new. */
    public void truncatedTo(long offset) {
        lock.lock();
        try {
            if (offset < endOffset) {
                producers.values().removeIf(history -> !history.truncatedTo(offset));
                requests.truncatedTo(offset);
                endOffset = offset;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Everything below {@code offset} is committed. */
    public void committedTo(long offset) {
        lock.lock();
        try {
            committedOffset = Math.max(committedOffset, offset);
        } finally {
            lock.unlock();
        }
    }

    /** Whether all of the batch is committed. */
    public boolean isCommitted(WrittenBatch batch) {
        lock.lock();
        try {
            return batch.nextOffset() <= committedOffset;
        } finally {
            lock.unlock();
        }
    }

    /** The verdict on a batch of {@code records} records that would be written at the log's end at {@code nowMs}. */
    Verdict judge(@Nullable ProducerSequence stamp, @Nullable UUID requestId, int records, long nowMs) {
        lock.lock();
        try {
            WrittenBatch published = requestId == null ? null : requests.find(requestId, nowMs);
            if (published != null) {
                return new Verdict.Duplicate(published);
            }
            return stamp == null ? Verdict.FRESH : judge(stamp, records, nowMs);
        } finally {
            lock.unlock();
        }
    }

    private Verdict judge(ProducerSequence stamp, int records, long nowMs) {
        ProducerHistory history = producers.get(stamp.producerId());
        if (history != null && history.lastAppendMs() + EXPIRY_MS >= nowMs) {
            return history.judge(stamp, records);
        }
        return stamp.baseSequence() == 0
                ? Verdict.FRESH
                : new Verdict.Refused(
                        Verdict.Reason.UNKNOWN_PRODUCER,
                        "nothing is known of producer %d, and its batch has sequence %d"
                                .formatted(stamp.producerId(), stamp.baseSequence()));
    }

    /** What is known up to a committed batch's end. */
    ProducerSnapshot snapshot(long endOffset, int leaderEpoch) {
        lock.lock();
        try {
            Map<Long, List<SequencedBatch>> histories = new HashMap<>();
            producers.forEach((id, history) -> {
                List<SequencedBatch> committed = history.committed(endOffset);
                if (!committed.isEmpty()) {
                    histories.put(id, committed);
                }
            });
            return new ProducerSnapshot(endOffset, leaderEpoch, histories, requests.committed(endOffset));
        } finally {
            lock.unlock();
        }
    }

    /** Starts from {@code snapshot}; the table is empty. */
    void restore(ProducerSnapshot snapshot) {
        lock.lock();
        try {
            committedOffset = snapshot.endOffset();
            endOffset = snapshot.endOffset();
            snapshot.histories().forEach((id, batches) -> {
                ProducerHistory history = new ProducerHistory();
                batches.forEach(batch -> history.written(batch, committedOffset));
                producers.put(id, history);
            });
            snapshot.requests().forEach(request -> requests.written(request.getKey(), request.getValue()));
        } finally {
            lock.unlock();
        }
    }

    /** Producers that are remembered. */
    public int size() {
        lock.lock();
        try {
            return producers.size();
        } finally {
            lock.unlock();
        }
    }
}
