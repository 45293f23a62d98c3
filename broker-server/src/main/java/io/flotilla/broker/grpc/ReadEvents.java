package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.v1.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What happens to the partitions a call reads, for its client. Owner: the call's serial execution. */
interface ReadEvents {
    /** Whether batches are taken now; those that are sent all the same wait in memory. */
    boolean areTaken();

    void started(PartitionCursor cursor);

    /**
     * Nothing more of the partition is sent.
     *
     * @param error null if it ended as it was to
     */
    void ended(TopicPartition name, long nextOffset, @Nullable FlotillaException error);

    /** The partition has had no leader for long; it is tried on. */
    void waits(TopicPartition name, FlotillaException why);

    void batches(ChunkEncoder.Encoded encoded);

    /** Said once each time the partition has been sent up to {@code highWatermark}. */
    void caughtUpIf(PartitionCursor cursor, long highWatermark);
}
