package io.flotilla.broker.group.kafka;

import com.google.protobuf.ByteString;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.RecordCursor;
import io.flotilla.record.StoredRecord;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorLoader;
import org.apache.kafka.coordinator.common.runtime.CoordinatorPlayback;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.common.runtime.Deserializer;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partition of the offsets topic from its start to its end, and hands every record to the coordinator. What is at
 * the end but not committed yet is waited for.
 */
final class OffsetsLoader implements CoordinatorLoader<CoordinatorRecord> {
    private static final Logger log = LoggerFactory.getLogger(OffsetsLoader.class);
    private static final int READ_BYTES = 1 << 20;

    private final IntFunction<@Nullable OffsetsLog> logs;
    private final Executor pool;
    private final Loaded onLoaded;

    /** Told of each load, on the pool. */
    interface Loaded {
        void loaded(long millis, long records);
    }

    /** @param logs those that are led here, by number of the partition; null for others */
    OffsetsLoader(IntFunction<@Nullable OffsetsLog> logs, Executor pool, Loaded onLoaded) {
        this.logs = logs;
        this.pool = pool;
        this.onLoaded = onLoaded;
    }

    @Override
    public CompletableFuture<LoadSummary> load(
            TopicPartition name, CoordinatorPlayback<CoordinatorRecord> coordinator) {
        OffsetsLog offsets = logs.apply(name.partition());
        if (offsets == null) {
            return CompletableFuture.failedFuture(
                    new NotLeaderOrFollowerException("%s is not led here".formatted(name)));
        }
        Loading loading = new Loading(offsets, coordinator);
        pool.execute(loading::goOn);
        return loading.result;
    }

    @Override
    public void close() {
        // the pool is its owner's
    }

    /** One load. Runs on one thread of the pool at a time. */
    private final class Loading {
        private final OffsetsLog offsets;
        private final CoordinatorPlayback<CoordinatorRecord> coordinator;
        private final GroupCoordinatorRecordSerde serde = new GroupCoordinatorRecordSerde();
        private final CompletableFuture<LoadSummary> result = new CompletableFuture<>();
        private final long startMs = Time.SYSTEM.milliseconds();
        private long offset;
        private long records;
        private long bytes;

        Loading(OffsetsLog offsets, CoordinatorPlayback<CoordinatorRecord> coordinator) {
            this.offsets = offsets;
            this.coordinator = coordinator;
            this.offset = offsets.partition().logStart();
        }

        void goOn() {
            try {
                readCommitted();
                if (!offsets.partition().leadership().leads()) {
                    throw new NotLeaderOrFollowerException("the partition is not led here any more");
                } else if (offset < offsets.partition().logEnd()) {
                    var unused = offsets.partition().whenReadable(offset, () -> pool.execute(this::goOn));
                } else {
                    offsets.startAt(offset);
                    long endMs = Time.SYSTEM.milliseconds();
                    onLoaded.loaded(endMs - startMs, records);
                    result.complete(new LoadSummary(startMs, endMs, 0, records, bytes));
                }
            } catch (LogException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        }

        private void readCommitted() throws LogException {
            for (LogSlice slice = offsets.read(offset, READ_BYTES);
                    !slice.isEmpty();
                    slice = offsets.read(offset, READ_BYTES)) {
                for (BatchFrame frame : OffsetsLog.frames(slice)) {
                    replay(frame);
                }
                offset = slice.nextOffset();
                bytes += slice.sizeBytes();
                coordinator.updateLastWrittenOffset(offset);
                coordinator.updateLastCommittedOffset(offset);
            }
        }

        private void replay(BatchFrame frame) {
            frame.verifyBody();
            for (RecordCursor cursor = RecordCursor.open(frame); cursor.next(); ) {
                StoredRecord stored = cursor.record();
                try {
                    coordinator.replay(
                            stored.offset(),
                            RecordBatch.NO_PRODUCER_ID,
                            RecordBatch.NO_PRODUCER_EPOCH,
                            serde.deserialize(buffer(stored.key()), buffer(stored.value())));
                } catch (Deserializer.UnknownRecordTypeException e) {
                    log.warn(
                            "record of an unknown type is skipped offset={} type={}", stored.offset(), e.unknownType());
                }
                records++;
            }
        }

        private static @Nullable ByteBuffer buffer(@Nullable ByteString bytes) {
            return bytes == null ? null : bytes.asReadOnlyByteBuffer();
        }
    }
}
