package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.Position;
import org.jspecify.annotations.Nullable;

/**
 * How far one partition was read, and on which stream it goes on. Owned by the loop; no behaviour of its own but its
 * invariants.
 */
final class ReadState {
    static final long UNKNOWN = -1;

    final TopicPartition partition;
    final Position from;
    final Backoff backoff;

    /** Next offset wanted; {@link #UNKNOWN} until a broker has turned {@link #from} into one. */
    long position = UNKNOWN;

    /** First offset not wanted. */
    long until = Long.MAX_VALUE;

    /** Of the topic that was found when reading began; one made later under its name is another. */
    ByteString topicId = ByteString.EMPTY;

    /** Where it is read now; null between two streams. */
    @Nullable
    ConsumeStream stream;

    /** The stream was told to stop, so that a place can be read once more: what still comes from it is dropped. */
    boolean stopping;

    /** Attempts to read on that have failed since something was last read. */
    int failuresInARow;

    /** Offset at which a checksum has failed once. */
    long corruptAt = UNKNOWN;

    /** Nothing more is wanted. */
    boolean finished;

    ReadState(TopicPartition partition, Position from, Backoff backoff) {
        this.partition = partition;
        this.from = from;
        this.backoff = backoff;
    }

    /** Where to go on. */
    Position next() {
        return position == UNKNOWN ? from : offset(position);
    }

    /** The request to go on from here. */
    PartitionStart start() {
        PartitionStart.Builder start = PartitionStart.newBuilder()
                .setTopic(partition.topic())
                .setPartition(partition.partition())
                .setTopicId(topicId)
                .setFrom(next());
        if (until != Long.MAX_VALUE) {
            start.setUntil(offset(until));
        }
        return start.build();
    }

    private static Position offset(long offset) {
        return Position.newBuilder().setOffset(offset).build();
    }
}
