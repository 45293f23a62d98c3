package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A closed batch on its way. Made by a sender's thread or the loop, then owned by the loop.
 */
final class PendingBatch {
    private static final int NO_EPOCH = -1;

    private final long sequence;
    private final byte[] body;
    private final List<CompletableFuture<RecordAck>> results;
    private final long bufferBytes;
    private final long deadlineNanos;
    private int attempts;
    private long sentNanos;
    private boolean mayBeWritten;
    private int epoch = NO_EPOCH;
    private int baseSequence;

    /**
     * @param sequence place among the batches of its partition
     * @param body the encoded RecordBatch
     * @param results one per record, in order
     * @param bufferBytes taken from the producer's budget for it
     * @param deadlineNanos after which it is not sent any more
     */
    PendingBatch(
            long sequence,
            byte[] body,
            List<CompletableFuture<RecordAck>> results,
            long bufferBytes,
            long deadlineNanos) {
        this.sequence = sequence;
        this.body = body;
        this.results = results;
        this.bufferBytes = bufferBytes;
        this.deadlineNanos = deadlineNanos;
    }

    long sequence() {
        return sequence;
    }

    byte[] body() {
        return body;
    }

    List<CompletableFuture<RecordAck>> results() {
        return results;
    }

    long bufferBytes() {
        return bufferBytes;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    /** How often it was sent. */
    int attempts() {
        return attempts;
    }

    void countAttempt(long nowNanos) {
        attempts++;
        sentNanos = nowNanos;
    }

    /** When the last attempt was sent. */
    long sentNanos() {
        return sentNanos;
    }

    /** Gives it its place among the batches of an epoch. */
    void place(int inEpoch, int firstSequence) {
        epoch = inEpoch;
        baseSequence = firstSequence;
    }

    boolean isPlaced() {
        return epoch != NO_EPOCH;
    }

    boolean hasPlaceIn(int anEpoch) {
        return epoch == anEpoch;
    }

    /** Of its first record. */
    int baseSequence() {
        return baseSequence;
    }

    boolean isMaybeWritten() {
        return mayBeWritten;
    }

    /** An attempt ended without telling. */
    void mayBeWritten() {
        mayBeWritten = true;
    }

    /** The error of the last attempt, as the error of all of them. */
    FlotillaException outcome(FlotillaException last) {
        return mayBeWritten && !last.ambiguous()
                ? FlotillaException.ambiguous(
                        ErrorCode.ERROR_CODE_TIMED_OUT,
                        "an earlier attempt may have been written; the last one failed: " + last.getMessage())
                : last;
    }
}
