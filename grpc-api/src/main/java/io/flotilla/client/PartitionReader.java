package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions from given positions, continuously, from their leaders, whoever they are. Every batch is delivered
 * once and in order per partition, across lost connections and moved leaders; its checksums have been verified. Brokers
 * send ahead of the application only as far as {@link ReaderConfig#creditBytes} goes. For one thread at a time.
 */
public final class PartitionReader implements AutoCloseable {
    private final ReadAssignments assignments;
    private final ReadQueue queue;
    private final ClientLoop loop;
    private final Consumer<PartitionReader> onClose;

    PartitionReader(ReadAssignments assignments, ReadQueue queue, ClientLoop loop, Consumer<PartitionReader> onClose) {
        this.assignments = assignments;
        this.queue = queue;
        this.loop = loop;
        this.onClose = onClose;
    }

    /**
     * The next batch. Asking for it says that the one before is dealt with and may be forgotten.
     *
     * @return null if there was none in time, or {@link #isFinished()}
     * @throws FlotillaException if a partition cannot be read any further (metadata {@code topic} and {@code partition}
     *     name it); the other partitions go on
     */
    public @Nullable ReadBatch poll(Duration maxWait) throws InterruptedException {
        return queue.poll(maxWait);
    }

    /** True when every partition has reached its stop position, or failed, and everything read was taken. */
    public boolean isFinished() {
        return queue.isDrained();
    }

    /** Stops reading. What was read can still be taken. */
    @Override
    public void close() {
        loop.execute(assignments::close);
        onClose.accept(this);
    }
}
