package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchBuilder;
import io.flotilla.record.Murmur2;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.ErrorCode;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Writes records to one topic. Records of a partition are written in the order of {@link #send}, batched and pipelined;
 * each has a result of its own. Safe for any thread.
 *
 * <p>A refused batch is tried again for as long as {@link ProducerConfig#deliveryTimeout} allows. When it is not known
 * whether a batch was written (the connection broke, the leader lost its majority), its records fail with an error that
 * is {@link FlotillaException#ambiguous()}: sending them again may write them twice. The order and the absence of
 * duplicates are therefore kept for everything that is acknowledged.
 *
 * <p>The producer belongs to the topic as it was when the producer was made; if the topic is deleted and created again,
 * sends fail with TOPIC_ID_MISMATCH.
 */
public final class Producer implements AutoCloseable {
    private final ProducerParts parts;
    private final InstantSource clock;
    private final List<Accumulator> accumulators;
    private final List<PartitionLane> lanes;
    private final StickyPartition sticky;
    private final Consumer<Producer> onClose;
    private final LongSupplier buffered;
    private final AtomicBoolean closed = new AtomicBoolean();

    Producer(ProducerParts parts, InstantSource clock, Consumer<Producer> onClose) {
        this.parts = parts;
        this.clock = clock;
        this.onClose = onClose;
        this.buffered = parts.budget()::used;
        parts.meters().producerOpened(parts.topic().name(), buffered);
        int partitions = parts.topic().partitionCount();
        this.accumulators = IntStream.range(0, partitions)
                .mapToObj(partition -> new Accumulator(parts.config(), parts.maxBatchBytes()))
                .toList();
        this.lanes = IntStream.range(0, partitions)
                .mapToObj(partition -> new PartitionLane(partition, accumulators.get(partition), parts))
                .toList();
        this.sticky = new StickyPartition(
                parts.random().nextInt(partitions),
                partitions,
                parts.config().batchBytes(),
                partition ->
                        parts.cluster().leader(parts.topic().name(), partition).isPresent());
    }

    /** The topic written to. */
    public TopicView topic() {
        return parts.topic();
    }

    /**
     * Sends a record: to the partition that its key hashes to, as Kafka's clients hash, or without a key to any.
     *
     * @return completed when the record is on disk on a majority of the replicas; fails with {@link FlotillaException}.
     *     Completed on a thread that may be blocked, at the price of other results
     */
    public CompletableFuture<RecordAck> send(NewRecord record) {
        int partition = record.key() == null
                ? sticky.next(BatchBuilder.maxRecordBytes(record))
                : Murmur2.partition(record.key(), accumulators.size());
        return send(partition, record);
    }

    /**
     * Sends a record to one partition. Waits while the producer's memory is full, at most
     * {@link ProducerConfig#maxBlock}.
     *
     * @throws IllegalStateException if the producer is closed
     */
    public CompletableFuture<RecordAck> send(int partition, NewRecord record) {
        if (closed.get()) {
            throw new IllegalStateException(
                    "producer of topic %s is closed".formatted(parts.topic().name()));
        }
        if (partition < 0 || partition >= accumulators.size()) {
            throw new IllegalArgumentException("topic %s has no partition %d; it has %d"
                    .formatted(parts.topic().name(), partition, accumulators.size()));
        }
        NewRecord stamped =
                record.timestampMs() == NewRecord.NO_TIMESTAMP ? record.withTimestamp(clock.millis()) : record;
        int bytes = BatchBuilder.maxRecordBytes(stamped);
        if (BatchBuilder.maxBatchBytes(stamped) > parts.maxBatchBytes()) {
            return failed(FlotillaException.of(
                            ErrorCode.ERROR_CODE_BATCH_TOO_LARGE,
                            "a record of %d bytes does not fit a batch of topic %s; the limit is %d"
                                    .formatted(bytes, parts.topic().name(), parts.maxBatchBytes()))
                    .with("max_bytes", parts.maxBatchBytes()));
        }
        if (!reserve(bytes)) {
            return failed(FlotillaException.of(
                    ErrorCode.ERROR_CODE_TIMED_OUT,
                    "no room for a record of %d bytes within %d ms; brokers answer too slowly for this rate"
                            .formatted(bytes, parts.config().maxBlock().toMillis())));
        }
        CompletableFuture<RecordAck> result = new CompletableFuture<>();
        PartitionLane lane = lanes.get(partition);
        if (accumulators.get(partition).add(stamped, bytes, result, parts.loop().nanoTime())) {
            parts.loop().execute(lane::advance);
        }
        if (closed.get()) { // meanwhile: whether it was in time for the last flush, nobody knows
            result.completeExceptionally(FlotillaException.ambiguous(
                    ErrorCode.ERROR_CODE_TIMED_OUT,
                    "the producer of topic %s was closed while the record was sent"
                            .formatted(parts.topic().name())));
        }
        return result;
    }

    private boolean reserve(int bytes) {
        if (parts.callbacks().isCurrent()) {
            parts.budget().overdraw(bytes); // waiting here would hold up the results that free memory
            return true;
        }
        try {
            return parts.budget().acquire(bytes, parts.config().maxBlock());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static CompletableFuture<RecordAck> failed(FlotillaException error) {
        return CompletableFuture.failedFuture(error);
    }

    /**
     * Sends what is waiting for company; completed when every record sent so far has its result. Never to be waited for in
     * the callback of a result: the other results come after it.
     */
    public CompletableFuture<Void> flush() {
        return closed.get() ? CompletableFuture.completedFuture(null) : flushAll();
    }

    private CompletableFuture<Void> flushAll() {
        CompletableFuture<Void> flushed = new CompletableFuture<>();
        AtomicInteger unfinished = new AtomicInteger(lanes.size());
        Runnable finished = () -> {
            if (unfinished.decrementAndGet() == 0) {
                parts.callbacks().execute(() -> flushed.complete(null)); // behind the results
            }
        };
        parts.loop().execute(() -> lanes.forEach(lane -> lane.flush(finished)));
        return flushed;
    }

    /** Bytes of records that have no result yet. */
    public long bufferedBytes() {
        return parts.budget().used();
    }

    /**
     * Refuses further records and waits until those sent have their results; called from a result's callback, it does not
     * wait. May be called again.
     */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        CompletableFuture<Void> closing = flushAll().thenRun(() -> {
            parts.meters().producerClosed(parts.topic().name(), buffered);
            onClose.accept(this);
        });
        if (!parts.callbacks().isCurrent()) {
            closing.join();
        }
    }
}
