package io.flotilla.client;

import io.flotilla.record.BatchBuilder;
import io.flotilla.record.NewRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of one partition meet: senders' threads put them in, the loop takes batches out. Records are encoded
 * once, on arrival; a batch that fills up is closed, and compressed, by the thread that filled it. Its memory is bounded
 * by the producer's budget.
 */
final class Accumulator {
    private final ProducerConfig config;
    private final int maxBatchBytes;
    private final ReentrantLock lock = new ReentrantLock();
    // all below is guarded by the lock
    private final Deque<PendingBatch> closed = new ArrayDeque<>();
    private final BatchBuilder open;
    private List<CompletableFuture<RecordAck>> openResults = new ArrayList<>();
    private long openBufferBytes;
    private long openSinceNanos;
    private long lastSequence;

    /** @param maxBatchBytes largest encoded batch the topic takes */
    Accumulator(ProducerConfig config, int maxBatchBytes) {
        this.config = config;
        this.maxBatchBytes = maxBatchBytes;
        this.open = new BatchBuilder(config.compression(), 1024);
    }

    /**
     * Adds a record.
     *
     * @param bufferBytes taken from the budget for it
     * @param result completed with its offset
     * @return true if the loop should come and look
     */
    boolean add(NewRecord record, int bufferBytes, CompletableFuture<RecordAck> result, long nowNanos) {
        lock.lock();
        try {
            boolean closesOne = !open.isEmpty()
                    && open.sizeBytes() + BatchBuilder.maxRecordBytes(record)
                            > Math.min(config.batchBytes(), maxBatchBytes);
            if (closesOne) {
                close();
            }
            if (open.isEmpty()) {
                openSinceNanos = nowNanos;
            }
            open.add(record);
            openResults.add(result);
            openBufferBytes += bufferBytes;
            return closesOne || open.recordCount() == 1;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes the first batch.
     *
     * @param evenIfOpen also one that could still grow
     */
    @Nullable
    PendingBatch poll(boolean evenIfOpen, long nowNanos) {
        lock.lock();
        try {
            boolean due =
                    evenIfOpen || nowNanos - openSinceNanos >= config.linger().toNanos();
            if (closed.isEmpty() && !open.isEmpty() && due) {
                close();
            }
            return closed.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes the open batch; returns the sequence of the last batch closed so far, 0 if there was none. */
    long closeOpen() {
        lock.lock();
        try {
            if (!open.isEmpty()) {
                close();
            }
            return lastSequence;
        } finally {
            lock.unlock();
        }
    }

    /** Sequence of the first batch that was closed and not taken; {@link Long#MAX_VALUE} if there is none. */
    long firstClosedSequence() {
        lock.lock();
        try {
            PendingBatch first = closed.peek();
            return first == null ? Long.MAX_VALUE : first.sequence();
        } finally {
            lock.unlock();
        }
    }

    /** When the open batch will be due; {@link Long#MAX_VALUE} if there is none. */
    long dueNanos() {
        lock.lock();
        try {
            return open.isEmpty()
                    ? Long.MAX_VALUE
                    : openSinceNanos + config.linger().toNanos();
        } finally {
            lock.unlock();
        }
    }

    private void close() {
        lastSequence++;
        closed.add(new PendingBatch(
                lastSequence,
                open.build(),
                openResults,
                openBufferBytes,
                openSinceNanos + config.deliveryTimeout().toNanos()));
        openResults = new ArrayList<>();
        openBufferBytes = 0;
    }
}
