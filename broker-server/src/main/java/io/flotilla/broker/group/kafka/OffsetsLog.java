package io.flotilla.broker.group.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.partition.NewBatch;
import io.flotilla.broker.partition.Partition;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;
import io.flotilla.record.BatchBuilder;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.Compression;
import io.flotilla.v1.TimestampType;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.jspecify.annotations.Nullable;

/**
 * One partition of the offsets topic while this broker leads it. Kafka's runtime must know the offsets of what it writes
 * at once, before they are committed. It is the only writer here, so it counts them; each batch says at which offset it
 * must come to lie, and if one does not, the whole is lost and read anew.
 *
 * <p>{@link #append} is called by one thread at a time, and not before {@link #startAt}.
 */
final class OffsetsLog {
    private static final int INITIAL_BYTES = 512;

    private final TopicPartition name;
    private final Partition partition;
    private final Events events;
    private final List<PartitionWriter.Listener> listeners = new CopyOnWriteArrayList<>();
    private long next;
    private long committed; // guarded by this
    private volatile boolean lost;

    /** Told what becomes of what is written; on any thread. */
    interface Events {
        /** Members or assignments of these groups changed. */
        void changed(Set<String> groups);

        /** A member is to be none any more. */
        void memberRemoved();

        /** Something was not written as it had to be; told once. */
        void lost(OffsetsLog log);
    }

    OffsetsLog(TopicPartition name, Partition partition, Events events) {
        this.name = name;
        this.partition = partition;
        this.events = events;
    }

    int number() {
        return name.partition();
    }

    Partition partition() {
        return partition;
    }

    /** What is in the log is known; what is written next gets this offset. */
    void startAt(long offset) {
        next = offset;
    }

    void listen(PartitionWriter.Listener listener) {
        listeners.add(listener);
    }

    void forget(PartitionWriter.Listener listener) {
        listeners.remove(listener);
    }

    /** Whole frames that are committed; empty at the high watermark. */
    LogSlice read(long offset, int maxBytes) throws LogException {
        return partition.read(offset, maxBytes);
    }

    static Iterable<BatchFrame> frames(LogSlice slice) {
        byte[] bytes = slice.bytes();
        return new BatchFrames(bytes, 0, bytes.length);
    }

    /** The offset behind the records, which are on their way to the disks. */
    long append(MemoryRecords records) {
        if (lost) {
            throw new NotLeaderOrFollowerException("%s is not led here any more".formatted(name));
        }
        BatchBuilder batch = new BatchBuilder(Compression.COMPRESSION_NONE, INITIAL_BYTES);
        Set<String> groups = new HashSet<>();
        long maxTimestampMs = 0;
        for (Record record : records.records()) {
            ByteString key = bytes(record.key());
            batch.add(new NewRecord(key, bytes(record.value()), List.of(), record.timestamp()));
            maxTimestampMs = Math.max(maxTimestampMs, record.timestamp());
            RecordKeys.changedGroup(record.key()).ifPresent(groups::add);
            if (record.value() == null && RecordKeys.isMember(record.key())) {
                events.memberRemoved();
            }
        }
        int count = batch.recordCount();
        byte[] encoded = batch.build();
        long base = next;
        long end = base + count;
        next = end;
        var unused = partition
                .append(new NewBatch(
                        encoded,
                        0,
                        encoded.length,
                        count,
                        maxTimestampMs,
                        TimestampType.TIMESTAMP_TYPE_UNSPECIFIED,
                        new NewBatch.Conditions(null, null, OptionalLong.of(base))))
                .whenComplete((outcome, error) -> written(outcome, end, groups));
        return end;
    }

    private static @Nullable ByteString bytes(@Nullable ByteBuffer buffer) {
        return buffer == null ? null : UnsafeByteOperations.unsafeWrap(copy(buffer));
    }

    private static byte[] copy(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private void written(@Nullable AppendOutcome outcome, long end, Set<String> groups) {
        if (lost) {
            return;
        }
        if (outcome instanceof AppendOutcome.Appended) {
            committedTo(end);
            if (!groups.isEmpty()) {
                events.changed(groups);
            }
        } else {
            lose();
        }
    }

    /** Appends are committed in order, but may be told by several threads: a step back would be lost on Kafka's runtime. */
    private synchronized void committedTo(long end) {
        if (end > committed) {
            committed = end;
            listeners.forEach(listener -> listener.onHighWatermarkUpdated(name, end));
        }
    }

    private void lose() {
        lost = true;
        events.lost(this);
    }

    /** Nothing more is written or told. */
    void close() {
        lost = true;
        listeners.clear();
    }
}
