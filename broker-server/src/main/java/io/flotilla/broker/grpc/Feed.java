package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.wire.FormatException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends the batches of one call: one message of each partition in turn, while the client has credit and takes what
 * is sent. Owner: the call's serial execution.
 */
final class Feed {
    private static final int DEFAULT_MAX_BYTES = 1 << 20;
    private static final int MAX_MAX_BYTES = 8 << 20;

    private final ReadEvents events;
    private final Consumer<PartitionCursor> onReadable;
    private final ChunkEncoder encoder;
    private final boolean countsCredit;
    private final Deque<PartitionCursor> rotation = new ArrayDeque<>();
    private long credit;

    /** Told what becomes of partitions while they are sent. */
    interface Listener {
        boolean isPaused(PartitionCursor cursor);

        /** All that was wanted was sent. */
        void done(PartitionCursor cursor);

        void failed(PartitionCursor cursor, FlotillaException error);
    }

    /**
     * @param onReadable told on any thread that a cursor that waits may go on
     * @throws FlotillaException if the terms are out of range
     */
    Feed(ConsumeRequest.Open terms, ReadEvents events, Consumer<PartitionCursor> onReadable) {
        if (terms.getCreditBytes() < 0) {
            throw Errors.invalid("credit_bytes is %d; must be 0 (unlimited) or more".formatted(terms.getCreditBytes()));
        }
        this.events = events;
        this.onReadable = onReadable;
        this.countsCredit = terms.getCreditBytes() > 0;
        this.credit = terms.getCreditBytes();
        this.encoder = new ChunkEncoder(
                ChunkEncoder.check(terms.getDecode()),
                ChunkEncoder.orDefault(terms.getMaxBytes(), DEFAULT_MAX_BYTES, MAX_MAX_BYTES, "max_bytes"));
    }

    void add(PartitionCursor cursor) {
        rotation.add(cursor);
    }

    void remove(PartitionCursor cursor) {
        rotation.remove(cursor);
    }

    void grant(long bytes) {
        if (bytes <= 0) {
            throw Errors.invalid("credit of %d bytes; must be more than 0".formatted(bytes));
        }
        credit += bytes;
    }

    /** Sends what can be sent now. */
    void pump(Listener listener) {
        int idle = 0;
        while (events.areTaken() && hasCredit() && idle < rotation.size()) {
            PartitionCursor cursor = rotation.remove();
            rotation.add(cursor);
            boolean ready = cursor.isReady() && !listener.isPaused(cursor);
            idle = ready && advance(cursor, listener) ? 0 : idle + 1;
        }
    }

    private boolean hasCredit() {
        return !countsCredit || credit > 0;
    }

    /** Whether the partition may have more to send, or was taken away. */
    private boolean advance(PartitionCursor cursor, Listener listener) {
        try {
            Chunk chunk = next(cursor);
            if (chunk == null || chunk.isEmpty()) {
                cursor.await();
                if (chunk != null) {
                    events.caughtUpIf(cursor, chunk.highWatermark());
                }
                return false;
            }
            send(cursor, chunk);
            if (cursor.isDone()) {
                listener.done(cursor);
            }
        } catch (FormatException | FlotillaException e) {
            listener.failed(cursor, Errors.of(e));
        }
        return true;
    }

    private @Nullable Chunk next(PartitionCursor cursor) {
        Chunk unsent = cursor.takeUnsent();
        return unsent != null
                ? unsent
                : cursor.source().poll(cursor.offset(), encoder.readBytes(), () -> onReadable.accept(cursor));
    }

    private void send(PartitionCursor cursor, Chunk chunk) {
        ChunkEncoder.Encoded encoded = encoder.encode(
                Batches.newBuilder()
                        .setTopic(cursor.name().getTopic())
                        .setPartition(cursor.name().getPartition()),
                chunk,
                cursor.offset(),
                cursor.until(),
                countsCredit);
        cursor.sent(encoded.nextOffset(), chunk);
        if (encoded.batchBytes() > 0) {
            events.batches(encoded);
            credit -= countsCredit ? encoded.batchBytes() : 0;
        }
        events.caughtUpIf(cursor, chunk.highWatermark());
    }
}
