package io.flotilla.broker.group.kafka;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.jspecify.annotations.Nullable;

/** The partitions of the offsets topic that this broker leads, as Kafka's runtime writes to them. */
final class OffsetsLogs implements PartitionWriter {
    /** Below what one entry of a partition may hold. */
    private static final int MAX_BATCH_BYTES = 1 << 20;

    private final Map<Integer, OffsetsLog> logs = new ConcurrentHashMap<>();
    private final LogConfig config = new LogConfig(Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, MAX_BATCH_BYTES));

    void add(OffsetsLog log) {
        OffsetsLog before = logs.put(log.number(), log);
        if (before != null) {
            before.close();
        }
    }

    /** False if there was none. */
    boolean remove(int number) {
        OffsetsLog removed = logs.remove(number);
        if (removed != null) {
            removed.close();
        }
        return removed != null;
    }

    /** False if another one, or none, has taken its place. */
    boolean remove(OffsetsLog log) {
        log.close();
        return logs.remove(log.number(), log);
    }

    @Nullable
    OffsetsLog find(int number) {
        return logs.get(number);
    }

    @Override
    public void registerListener(TopicPartition name, Listener listener) {
        OffsetsLog log = find(name.partition());
        if (log != null) {
            log.listen(listener);
        }
    }

    @Override
    public void deregisterListener(TopicPartition name, Listener listener) {
        OffsetsLog log = find(name.partition());
        if (log != null) {
            log.forget(listener);
        }
    }

    @Override
    public LogConfig config(TopicPartition name) {
        return config;
    }

    @Override
    public long append(TopicPartition name, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        OffsetsLog log = find(name.partition());
        if (log == null) {
            throw new NotLeaderOrFollowerException("%s is not led here".formatted(name));
        }
        return log.append(records);
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition name, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        return CompletableFuture.completedFuture(VerificationGuard.SENTINEL);
    }

    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition name, long deleteBeforeOffset) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("only share groups delete records"));
    }
}
