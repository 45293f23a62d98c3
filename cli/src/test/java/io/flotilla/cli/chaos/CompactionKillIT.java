package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.JarProcess;
import io.flotilla.cli.process.Node;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.Endpoint;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.NewRecord;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The newest acknowledged record of each key stays, and replicas agree on it, whoever is killed while logs are compacted. */
@Tag("chaos")
class CompactionKillIT {
    private static final int NODES = 3;
    private static final int KEYS = 300;
    private static final int RECORDS_A_ROUND = 3000;
    private static final int VALUE_BYTES = 600;
    private static final TopicPartition TABLE = new TopicPartition("table", 0);

    @TempDir
    Path root;

    private final Random random = new Random(3);
    private final Map<ByteString, ByteString> newest = new HashMap<>();

    @Test
    void theNewestRecordsOutliveTwentyKills() throws Exception {
        Map<String, String> settings = Map.of(
                "compaction.check-interval", "100ms",
                "compaction.max-bytes-per-second", "4194304", // so that a kill finds one under way
                "raft.kept-entries", "10");
        List<Node> nodes = Node.voters(root, NODES, settings);
        try {
            nodes.forEach(Node::start);
            try (FlotillaClient client = client(nodes)) {
                Await.until(() -> "the topic is made", () -> create(client));
                for (int round = 0; round < 20; round++) {
                    List<Node> victims = round % 4 == 3 ? nodes : List.of(nodes.get(random.nextInt(NODES)));
                    List<CompletableFuture<?>> sent = new ArrayList<>();
                    try (Producer producer =
                            FlotillaClient.join(client.producer(TABLE.topic(), ProducerConfig.DEFAULT))) {
                        for (int i = 0; i < RECORDS_A_ROUND; i++) {
                            sent.add(send(producer));
                            if (i == RECORDS_A_ROUND / 2) {
                                victims.forEach(node -> node.process().kill());
                                victims.forEach(Node::start);
                            }
                        }
                        sent.forEach(FlotillaClient::join);
                    }
                }
                for (Node node : nodes) {
                    try (FlotillaClient own = client(List.of(node))) {
                        assertThat(read(own)).isEqualTo(newest);
                    }
                }
            }
            for (Node node : nodes) {
                assertThat(node.process().terminate()).isZero();
            }
            compareLogs(nodes);
        } finally {
            nodes.forEach(Node::close);
        }
    }

    /** Keys that were deleted are no more in {@link #newest}. */
    private CompletableFuture<?> send(Producer producer) {
        ByteString key = ByteString.copyFromUtf8("key-" + random.nextInt(KEYS));
        byte[] bytes = new byte[VALUE_BYTES];
        random.nextBytes(bytes);
        ByteString value = ByteString.copyFrom(bytes);
        if (random.nextInt(5) == 0) {
            newest.remove(key);
            return producer.send(new NewRecord(key, null, List.of(), NewRecord.NO_TIMESTAMP));
        }
        newest.put(key, value);
        return producer.send(NewRecord.of(key, value));
    }

    private static FlotillaClient client(List<Node> nodes) {
        return FlotillaClient.connect(ClientConfig.of(nodes.stream()
                .map(node -> new Endpoint("127.0.0.1", node.clientPort()))
                .toList()));
    }

    private static boolean create(FlotillaClient client) {
        try {
            FlotillaClient.join(client.admin()
                    .createTopic(CreateTopicRequest.newBuilder()
                            .setTopic(Topic.newBuilder()
                                    .setName(TABLE.topic())
                                    .setPartitionCount(1)
                                    .setReplicationFactor(NODES)
                                    .putConfigs("cleanup.policy", "compact")
                                    .putConfigs("min.cleanable.dirty.ratio", "0")
                                    .putConfigs("delete.retention.ms", "2000")
                                    .putConfigs("segment.bytes", "1048576"))
                            .build()));
            return true;
        } catch (RuntimeException e) {
            return false; // too few brokers are up
        }
    }

    private static Map<ByteString, ByteString> read(FlotillaClient client) throws InterruptedException {
        Map<ByteString, ByteString> found = new HashMap<>();
        try (PartitionReader reader =
                client.reader(List.of(ReadRange.fromStart(TABLE).untilEnd()), ReaderConfig.DEFAULT)) {
            while (!reader.isFinished()) {
                ReadBatch batch = reader.poll(Duration.ofSeconds(1));
                List<StoredRecord> records = batch == null ? List.of() : batch.records();
                for (StoredRecord record : records) {
                    ByteString key = Objects.requireNonNull(record.key());
                    if (record.value() == null) {
                        found.remove(key);
                    } else {
                        found.put(key, record.value());
                    }
                }
            }
        }
        return found;
    }

    private void compareLogs(List<Node> nodes) {
        List<String> command = new ArrayList<>(List.of("log", "verify"));
        nodes.forEach(node -> command.add(node.data().toString()));
        try (JarProcess verify = JarProcess.start(root, "verify", command.toArray(String[]::new))) {
            assertThat(verify.exit()).as("%s%s", verify.out(), verify.err()).isZero();
        }
    }
}
