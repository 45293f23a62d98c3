package io.flotilla.broker.fleet;

import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What most tests do with topics. */
public final class Topics {
    private Topics() {}

    public static Topic create(FlotillaClient client, String name, int partitions, int replicas) {
        return FlotillaClient.join(client.admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName(name)
                                .setPartitionCount(partitions)
                                .setReplicationFactor(replicas))
                        .build()));
    }

    public static TopicPartition partition(String topic, int partition) {
        return new TopicPartition(topic, partition);
    }

    /** All there is now, in order. */
    public static List<StoredRecord> readAll(FlotillaClient client, TopicPartition partition)
            throws InterruptedException {
        List<StoredRecord> records = new ArrayList<>();
        try (PartitionReader reader =
                client.reader(List.of(ReadRange.fromStart(partition).untilEnd()), ReaderConfig.DEFAULT)) {
            while (!reader.isFinished()) {
                ReadBatch batch = reader.poll(Duration.ofSeconds(1));
                if (batch != null) {
                    records.addAll(batch.records());
                }
            }
        }
        return records;
    }
}
