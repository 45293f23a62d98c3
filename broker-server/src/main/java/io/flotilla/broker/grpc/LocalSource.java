package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;

/** Batches of a partition that this broker leads. */
final class LocalSource implements BatchSource {
    private final Partition partition;
    private final Routing routing;
    private Runnable stopWaiting = () -> {};

    LocalSource(Partition partition, Routing routing) {
        this.partition = partition;
        this.routing = routing;
    }

    @Override
    public Chunk poll(long offset, int maxBytes, Runnable wake) {
        if (!partition.leadership().leads()) {
            throw routing.notLeader(partition.id());
        }
        try {
            LogSlice slice = partition.read(offset, maxBytes);
            if (slice.isEmpty()) {
                stopWaiting.run();
                stopWaiting = partition.whenReadable(offset, wake);
            }
            return new Chunk(
                    new Chunk.Local(slice), slice.nextOffset(), partition.highWatermark(), partition.logStart(), null);
        } catch (LogException e) {
            throw Errors.of(e);
        }
    }

    @Override
    public void close() {
        stopWaiting.run();
    }
}
