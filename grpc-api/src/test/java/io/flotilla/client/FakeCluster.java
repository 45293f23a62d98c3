package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchInfo;
import io.flotilla.record.BatchScanner;
import io.flotilla.record.StoredRecord;
import io.flotilla.record.TestFrames;
import io.flotilla.v1.Appended;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ClusterMetadata;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetMetadataResponse;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.PartitionMetadata;
import io.flotilla.v1.Position;
import io.flotilla.v1.TopicMetadata;
import io.flotilla.wire.ProduceEnvelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brokers without replication or disks, on real ports, that share their logs in memory: enough to test a client against
 * moved leaders, drains, crashes and slow answers. One lock guards everything; tests may call from any thread.
 */
public final class FakeCluster implements AutoCloseable {
    private long lastProducerId; // guarded by the lock
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<TopicPartition, FakeLog> logs = new LinkedHashMap<>();
    private final Map<String, ByteString> topicIds = new LinkedHashMap<>();
    private final List<FakeBroker> brokers = new ArrayList<>();
    private final FakeGroup group = new FakeGroup(this);
    private volatile Faults faults = new Faults() {};

    /** What goes wrong; the default is nothing. Called under the cluster's lock. */
    interface Faults {
        /** Decides about a batch before it is written; null = go on. */
        /** Whether batches that continue a refused one are written. */
        default boolean letsBatchesOvertake() {
            return false;
        }

        default @Nullable FlotillaException refuse(int broker, ProduceEnvelope batch) {
            return null;
        }

        /** True = the batch is written, but the connection breaks instead of an answer. */
        default boolean breaksAfterWriting(int broker, ProduceEnvelope batch) {
            return false;
        }

        /** True = the batch is neither written nor answered. */
        default boolean ignores(int broker, ProduceEnvelope batch) {
            return false;
        }

        /** True = the batch waits for {@link FakeBroker#release()}. */
        default boolean holds(int broker, ProduceEnvelope batch) {
            return false;
        }

        /** What a reader gets in the place of stored frames. */
        default ByteString damage(TopicPartition partition, long offset, ByteString frames) {
            return frames;
        }
    }

    /** Starts {@code count} brokers with ids 0, 1, ... */
    public FakeCluster(int count) throws IOException {
        for (int id = 0; id < count; id++) {
            brokers.add(new FakeBroker(id, this));
        }
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    void run(Runnable action) {
        locked(() -> {
            action.run();
            return true;
        });
    }

    /** Partition p is led by broker p modulo the number of brokers. */
    public void createTopic(String topic, int partitions) {
        run(() -> {
            topicIds.put(topic, ByteString.copyFromUtf8("%-16.16s".formatted(topic)));
            for (int p = 0; p < partitions; p++) {
                TopicPartition partition = new TopicPartition(topic, p);
                logs.put(partition, new FakeLog(partition, p % brokers.size()));
            }
        });
    }

    /** As if the topic had been deleted and created again. */
    void recreateTopic(String topic, String newId) {
        run(() -> topicIds.put(topic, ByteString.copyFromUtf8(newId)));
    }

    void faults(Faults newFaults) {
        faults = newFaults;
    }

    Faults faults() {
        return faults;
    }

    /** The only group there is. */
    FakeGroup group() {
        return group;
    }

    /** Under the lock. */
    ByteString topicId(String topic) {
        return topicIds.getOrDefault(topic, ByteString.EMPTY);
    }

    FakeBroker broker(int id) {
        return brokers.get(id);
    }

    /** The broker that leads now. */
    FakeBroker leader(TopicPartition partition) {
        return locked(() -> brokers.get(log(partition).leader));
    }

    /** All brokers, for a client's configuration. */
    public List<Endpoint> bootstrap() {
        return brokers.stream().map(FakeBroker::endpoint).toList();
    }

    /** Elects another leader; readers of the old one are told. */
    public void moveLeader(TopicPartition partition, int to) {
        run(() -> {
            FakeLog log = log(partition);
            log.leader = to;
            log.epoch++;
            brokers.forEach(FakeBroker::pump);
        });
    }

    /** What was written, in order. */
    public List<String> values(TopicPartition partition) {
        return locked(() -> log(partition).values());
    }

    List<StoredRecord> records(TopicPartition partition) {
        return locked(() -> log(partition).records());
    }

    /** Writes a batch without a client. */
    public void append(TopicPartition partition, String... values) {
        run(() -> {
            BatchFrame frame = TestFrames.frame(0, values);
            log(partition).append(frame.bytes(), frame.bodyPosition(), frame.bodyBytes(), values.length);
            brokers.forEach(FakeBroker::pump);
        });
    }

    /** As if no producer had written to the partition for long. */
    void forgetProducers(TopicPartition partition) {
        run(log(partition).producers::forget);
    }

    long nextProducerId() {
        return locked(() -> ++lastProducerId);
    }

    FakeLog log(TopicPartition partition) {
        FakeLog log = logs.get(partition);
        if (log == null) {
            throw unknown(partition.topic());
        }
        return log;
    }

    /** Under the lock: the log, if {@code broker} leads it. */
    FakeLog led(int broker, TopicPartition partition) {
        FakeLog log = log(partition);
        if (log.leader != broker) {
            throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_NOT_LEADER, "%s is led by %d".formatted(partition, log.leader))
                    .withLeader(LeaderHint.newBuilder()
                            .setLeaderEpoch(log.epoch)
                            .setEndpoint(brokers.get(log.leader).toProto())
                            .build());
        }
        return log;
    }

    /** Under the lock. */
    void requireId(String topic, ByteString id) {
        if (!id.equals(topicIds.get(topic))) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH, "another topic");
        }
    }

    /** Under the lock: writes a batch. */
    Appended append(int broker, ProduceEnvelope batch) {
        FakeLog log = led(broker, new TopicPartition(batch.topic(), batch.partition()));
        requireId(batch.topic(), batch.topicId());
        if (batch.hasLeaderEpoch() && batch.leaderEpoch() != log.epoch) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH, "it is %d".formatted(log.epoch));
        }
        BatchInfo info = BatchScanner.check(
                batch.bytes(), batch.batchPosition(), batch.batchBytes(), BatchScanner.MAX_BATCH_RECORDS);
        OptionalLong before = log.producers.duplicateOf(info.producer());
        long base = before.orElseGet(
                () -> log.append(batch.bytes(), batch.batchPosition(), batch.batchBytes(), info.recordCount()));
        if (before.isEmpty()) {
            log.producers.written(info.producer(), info.recordCount(), base);
        }
        brokers.forEach(FakeBroker::pump);
        return Appended.newBuilder()
                .setPartition(batch.partition())
                .setBaseOffset(base)
                .setNextOffset(base + info.recordCount())
                .setDuplicate(before.isPresent())
                .setAppendTimeMs(1)
                .setLeaderEpoch(log.epoch)
                .build();
    }

    /** Under the lock: the offset a position stands for; refuses what is outside the log. */
    long offset(FakeLog log, Position position) {
        long offset = switch (position.getAtCase()) {
            case OFFSET -> position.getOffset();
            case TAIL_RECORDS -> Math.max(log.logStart, log.logEnd - position.getTailRecords());
            case TIMESTAMP_MS ->
                log.records().stream()
                        .filter(record -> record.timestampMs() >= position.getTimestampMs())
                        .mapToLong(StoredRecord::offset)
                        .findFirst()
                        .orElse(log.logEnd);
            case ANCHOR -> position.getAnchor() == Position.Anchor.ANCHOR_START ? log.logStart : log.logEnd;
            case AT_NOT_SET -> log.logEnd;
        };
        if (offset < log.logStart || offset > log.logEnd) {
            throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE,
                            "offset %d is outside %d to %d".formatted(offset, log.logStart, log.logEnd))
                    .with("log_start_offset", log.logStart)
                    .with("high_watermark", log.logEnd);
        }
        return offset;
    }

    /** Under the lock. */
    GetMetadataResponse metadata(List<String> topics) {
        GetMetadataResponse.Builder answer = GetMetadataResponse.newBuilder()
                .setCluster(ClusterMetadata.newBuilder()
                        .setClusterId("fake")
                        .addAllBrokers(brokers.stream().map(FakeBroker::toProto).toList()));
        for (String topic : topics) {
            TopicMetadata.Builder metadata = TopicMetadata.newBuilder().setTopic(topic);
            ByteString id = topicIds.get(topic);
            if (id == null) {
                metadata.setError(unknown(topic).toError());
            } else {
                metadata.setTopicId(id).setMaxBatchBytes(100_000);
                logs.values().stream()
                        .filter(log -> log.partition.topic().equals(topic))
                        .forEach(log -> metadata.addPartitions(PartitionMetadata.newBuilder()
                                .setPartition(log.partition.partition())
                                .setLeaderId(log.leader)
                                .setLeaderEpoch(log.epoch)));
            }
            answer.addTopics(metadata);
        }
        return answer.build();
    }

    static FlotillaException unknown(String topic) {
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION, "topic %s does not exist".formatted(topic));
    }

    static BrokerEndpoint endpoint(int id, int port) {
        return BrokerEndpoint.newBuilder()
                .setBrokerId(id)
                .setHost("localhost")
                .setPort(port)
                .build();
    }

    @Override
    public void close() {
        for (FakeBroker broker : brokers) {
            broker.crash();
        }
    }
}
