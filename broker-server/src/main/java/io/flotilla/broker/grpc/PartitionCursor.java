package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.v1.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Where one partition of a Consume call stands. Owner: the call's serial execution. */
final class PartitionCursor {
    private final TopicPartition name;
    private final ByteString topicId;
    private final long until;
    private final int leaderEpoch;
    private final BatchSource source;
    private long offset;
    private boolean waiting;
    private boolean caughtUp;
    private @Nullable Chunk unsent;

    /** @param until exclusive */
    PartitionCursor(
            TopicPartition name, ByteString topicId, int leaderEpoch, long offset, long until, BatchSource source) {
        this.name = name;
        this.topicId = topicId;
        this.leaderEpoch = leaderEpoch;
        this.offset = offset;
        this.until = until;
        this.source = source;
    }

    TopicPartition name() {
        return name;
    }

    /** Tells the topic from a later one of the same name. */
    ByteString topicId() {
        return topicId;
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    long offset() {
        return offset;
    }

    long until() {
        return until;
    }

    BatchSource source() {
        return source;
    }

    boolean isDone() {
        return offset >= until;
    }

    boolean isReady() {
        return !waiting && !isDone();
    }

    void await() {
        waiting = true;
    }

    void wake() {
        waiting = false;
    }

    /** What was read and did not all fit the last message. */
    @Nullable
    Chunk takeUnsent() {
        Chunk chunk = unsent;
        unsent = null;
        return chunk;
    }

    void sent(long nextOffset, Chunk chunk) {
        offset = nextOffset;
        if (nextOffset < Math.min(chunk.nextOffset(), until)) {
            unsent = chunk;
        }
    }

    /** True once each time the cursor reaches {@code highWatermark}. */
    boolean reaches(long highWatermark) {
        boolean now = offset >= highWatermark;
        boolean first = now && !caughtUp;
        caughtUp = now;
        return first;
    }
}
