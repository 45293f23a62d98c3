package io.flotilla.client;

import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.RecordBatch;

/**
 * Gives the batches of one partition their places in what the producer writes there, so that the broker writes each once
 * and in order (Kafka's KIP-98). Owned by the loop.
 *
 * <p>A batch that was given up leaves a gap that no later batch gets past. Then, once nothing is in flight, a new epoch
 * begins: the broker takes its first batch, and nothing of an older epoch any more. Epochs count per partition, so this
 * concerns no other.
 */
final class BatchSequence {
    /** Most bytes that a stamp adds to a batch. */
    static final int MAX_STAMP_BYTES = 32;

    private final long producerId;
    private int epoch;
    private int next;
    private boolean broken;

    BatchSequence(long producerId, int epoch) {
        this.producerId = producerId;
        this.epoch = epoch;
    }

    /** The stamp of {@code batch}, as the start of an encoded RecordBatch; the same for each attempt in an epoch. */
    byte[] stamp(PendingBatch batch) {
        if (!batch.hasPlaceIn(epoch)) {
            batch.place(epoch, next);
            next = (next + batch.results().size()) & Integer.MAX_VALUE;
        }
        return RecordBatch.newBuilder()
                .setProducer(ProducerStamp.newBuilder()
                        .setProducerId(producerId)
                        .setProducerEpoch(epoch)
                        .setBaseSequence(batch.baseSequence()))
                .build()
                .toByteArray();
    }

    /** A batch that has its place will not be sent again. */
    void givenUp(PendingBatch batch) {
        broken |= batch.hasPlaceIn(epoch);
    }

    /** The broker does not know of batches before this one. */
    void lost() {
        broken = true;
    }

    boolean isBroken() {
        return broken;
    }

    /** Begins anew; nothing is in flight. */
    void renew() {
        epoch++;
        next = 0;
        broken = false;
    }

    /** Whether {@code batch} may be written already, in an epoch that is over: then it can never be sent again. */
    boolean isOpenFromBefore(PendingBatch batch) {
        return batch.isPlaced() && !batch.hasPlaceIn(epoch) && batch.isMaybeWritten();
    }
}
