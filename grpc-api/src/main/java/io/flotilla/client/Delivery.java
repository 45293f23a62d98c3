package io.flotilla.client;

import io.flotilla.record.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Records of one partition, handed to a member of a group. Deliveries of a partition come in order; {@link #ack} of one
 * covers those before it. Safe for any thread.
 */
public final class Delivery {
    private final Tenure tenure;
    private final List<ReadBatch> batches;
    private final long nextOffset;
    private final Runnable onSettled;
    private final Consumer<Delivery> onAck;
    private final AtomicBoolean acked = new AtomicBoolean();
    private volatile long takenNanos;
    private volatile long processedBefore;

    /**
     * @param onSettled run once it, or one behind it, is acked; on the loop
     * @param onAck told at once, on the thread that acks
     */
    Delivery(Tenure tenure, List<ReadBatch> batches, long nextOffset, Runnable onSettled, Consumer<Delivery> onAck) {
        this.tenure = tenure;
        this.batches = List.copyOf(batches);
        this.nextOffset = nextOffset;
        this.onSettled = onSettled;
        this.onAck = onAck;
    }

    public TopicPartition partition() {
        return tenure.partition();
    }

    /** As they are stored, and not decoded yet. */
    public List<ReadBatch> batches() {
        return batches;
    }

    /** The records, decoded now. Fails as {@link ReadBatch#records} does. */
    public List<StoredRecord> records() {
        List<StoredRecord> records = new ArrayList<>();
        batches.forEach(batch -> records.addAll(batch.records()));
        return records;
    }

    /** The position of the group in the partition once this is acked. */
    public long nextOffset() {
        return nextOffset;
    }

    /**
     * Says that this delivery, and those of its partition before it, are processed: the group's position moves behind it.
     * Returns at once; has no effect if the partition has gone to another member.
     */
    public void ack() {
        if (acked.compareAndSet(false, true)) {
            onAck.accept(this);
        }
    }

    /**
     * Says that its records before {@code offset}, and the deliveries of its partition before it, are processed: if it is never
     * acked, whoever comes next goes on there. A member that reads through a broker ({@link
     * ConsumerConfig#singleEndpoint}) commits whole deliveries only, and ignores it.
     *
     * @param offset not behind {@link #nextOffset}
     */
    public void ackBefore(long offset) {
        if (offset > nextOffset) {
            throw new IllegalArgumentException("offset %d is behind %s".formatted(offset, this));
        }
        if (!acked.get()) {
            processedBefore = offset;
            onAck.accept(this);
        }
    }

    /** Whether all of it is processed. */
    boolean isAcked() {
        return acked.get();
    }

    /** If it is not acked: before which offset its records are processed. */
    long processedBefore() {
        return processedBefore;
    }

    /** The application has it. */
    void takenAt(long nanos) {
        takenNanos = nanos;
    }

    /** When the application took it. */
    long takenNanos() {
        return takenNanos;
    }

    /** What it was delivered in. */
    Tenure tenure() {
        return tenure;
    }

    /** For the loop. */
    void settle() {
        onSettled.run();
    }

    @Override
    public String toString() {
        return "%s below %d".formatted(partition(), nextOffset);
    }
}
