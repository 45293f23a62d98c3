package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.NewRecord;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.Compression;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.TransferLeadershipRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that keep the newest record of each key, on three brokers. */
class CompactionIT {
    private static final int BROKERS = 3;
    private static final String TOPIC = "table";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int KEYS = 50;
    private static final int VALUE_BYTES = 1000;

    private Fleet fleet;
    private final Random random = new Random(1);
    private final Map<Long, NewRecord> acked = new TreeMap<>();

    @BeforeEach
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(
                root,
                BROKERS,
                Map.of(
                        "compaction.check-interval", "200ms",
                        "log.retention-check-interval", "200ms",
                        "raft.kept-entries", "10"));
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private void create(Map<String, String> more) {
        Map<String, String> configs = new TreeMap<>(more);
        configs.putIfAbsent("cleanup.policy", "compact");
        configs.put("segment.bytes", "" + SEGMENT_BYTES);
        try (Door door = Door.to(fleet.clientPort(1))) {
            door.create(TOPIC, 1, BROKERS, configs);
            door.awaitLed(TOPIC);
        }
    }

    /** Records with keys from {@code firstKey} on, one after another. */
    private void write(int records, int firstKey, int keys, Compression compression) {
        try (FlotillaClient client = fleet.client();
                Producer producer = FlotillaClient.join(client.producer(
                        TOPIC,
                        ProducerConfig.DEFAULT
                                .withCompression(compression)
                                .withBatching(16 << 10, Duration.ofMillis(2))))) {
            List<NewRecord> sent = new ArrayList<>();
            List<CompletableFuture<Long>> offsets = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                byte[] value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                NewRecord record = new NewRecord(
                        ByteString.copyFromUtf8("key-" + (firstKey + i % keys)),
                        i % 7 == 6 ? null : ByteString.copyFrom(value),
                        List.of(),
                        NewRecord.NO_TIMESTAMP);
                sent.add(record);
                offsets.add(producer.send(record).thenApply(ack -> ack.offset()));
            }
            for (int i = 0; i < records; i++) {
                acked.put(FlotillaClient.join(offsets.get(i)), sent.get(i));
            }
        }
    }

    /** What a reader of all that was acked would find under each key, with its offset. */
    private Map<ByteString, Long> newest() {
        Map<ByteString, Long> newest = new HashMap<>();
        acked.forEach((offset, record) -> newest.put(keyOf(record.key()), offset));
        return newest;
    }

    private static ByteString keyOf(@Nullable ByteString key) {
        return Objects.requireNonNull(key);
    }

    private List<StoredRecord> read() {
        try (FlotillaClient client = fleet.client()) {
            return Topics.readAll(client, PARTITION);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Everything that is there was acked as it is, and nothing is missing that is the newest of its key. */
    private void check(List<StoredRecord> records, boolean withDeletions) {
        Map<ByteString, Long> found = new HashMap<>();
        assertThat(records.stream().map(StoredRecord::offset)).isSorted().doesNotHaveDuplicates();
        for (StoredRecord record : records) {
            NewRecord was = Objects.requireNonNull(acked.get(record.offset()), "never acked");
            assertThat(record.key()).isEqualTo(was.key());
            assertThat(record.value()).isEqualTo(was.value());
            found.put(keyOf(record.key()), record.offset());
        }
        Map<ByteString, Long> expected = newest();
        if (!withDeletions) {
            acked.forEach((offset, record) -> {
                if (record.value() == null && !found.containsValue(offset)) {
                    expected.values().remove(offset);
                }
            });
        }
        assertThat(found).isEqualTo(expected);
    }

    private PartitionDescription describe() {
        try (FlotillaClient client = fleet.client()) {
            return FlotillaClient.join(client.admin().partition(PARTITION));
        }
    }

    private long diskBytes(int broker) {
        try (Stream<Path> files = Files.walk(fleet.directory(broker).resolve("partitions"))) {
            return files.filter(path -> path.toString().endsWith(".log"))
                    .mapToLong(CompactionIT::size)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return Long.MAX_VALUE; // changed while it was walked
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitSmall() {
        for (int broker = 1; broker <= BROKERS; broker++) {
            int id = broker;
            // the newest segment, one that the Raft log still needs, one that is not worth it yet, and what is left
            Fleet.await("disk of broker %d is freed".formatted(id), () -> diskBytes(id) <= 4L * SEGMENT_BYTES);
        }
    }

    private void lead(int broker) {
        try (FlotillaClient client = fleet.client()) {
            Fleet.await("broker %d leads".formatted(broker), () -> {
                try {
                    FlotillaClient.join(client.admin()
                            .transferLeadership(TransferLeadershipRequest.newBuilder()
                                    .setPartition(io.flotilla.v1.TopicPartition.newBuilder()
                                            .setTopic(TOPIC))
                                    .setToBrokerId(broker)
                                    .build()));
                } catch (RuntimeException e) {
                    return false; // it has not caught up yet
                }
                return describe().getLeaderId() == broker;
            });
        }
    }

    @Test
    void theNewestRecordOfEachKeyStaysOnAllReplicas() {
        create(Map.of());
        write(10_000, 0, KEYS, Compression.COMPRESSION_NONE);

        awaitSmall();
        for (int broker = 1; broker <= BROKERS; broker++) {
            lead(broker);
            List<StoredRecord> left = read();
            assertThat(left).hasSizeLessThan(5000);
            check(left, true);
        }
    }

    @Test
    void compressedBatchesLoseSingleRecords() {
        create(Map.of("min.cleanable.dirty.ratio", "0"));
        for (int round = 0; round < 3; round++) {
            // some keys once and never again, between others
            write(1500, 1000 * round, 1500, Compression.COMPRESSION_ZSTD);
            write(1500, 1000 * round, 700, Compression.COMPRESSION_LZ4);
        }

        Fleet.await("some are gone", () -> read().size() < 7000);
        check(read(), true);
    }

    @Test
    void aReplicaThatWasAwayComesBackToTheSame() throws Exception {
        create(Map.of("delete.retention.ms", "0", "min.cleanable.dirty.ratio", "0"));
        write(3000, 0, KEYS, Compression.COMPRESSION_NONE);
        awaitSmall();
        fleet.close(3);
        write(6000, 0, KEYS / 2, Compression.COMPRESSION_NONE);
        write(3000, 1000, KEYS, Compression.COMPRESSION_NONE);
        for (int broker = 1; broker < BROKERS; broker++) {
            int id = broker;
            Fleet.await("disk of broker %d is freed".formatted(id), () -> diskBytes(id) <= 4L * SEGMENT_BYTES);
        }

        fleet.start(3);
        fleet.awaitReady();
        lead(3);

        check(read(), false);
        write(100, 0, KEYS, Compression.COMPRESSION_NONE);
        check(read(), false);
    }

    @Test
    void deletionsGoWhenTheirTimeHasCome() {
        create(Map.of("delete.retention.ms", "1", "min.cleanable.dirty.ratio", "0"));
        write(700, 0, 700, Compression.COMPRESSION_NONE);
        for (int round = 0; round < 3; round++) {
            write(2500, 10_000, KEYS, Compression.COMPRESSION_NONE);
            awaitSmall();
        }

        Fleet.await(
                "deletions are gone",
                () -> read().stream()
                        .filter(record -> record.offset() < 700)
                        .noneMatch(record -> record.value() == null));
        assertThat(read().stream().filter(record -> record.offset() < 700)).hasSize(600);
        check(read(), false);
    }

    @Test
    void withBothPoliciesOldRecordsGoToo() {
        create(Map.of("cleanup.policy", "compact,delete", "retention.bytes", "" + 2 * SEGMENT_BYTES));
        write(6000, 0, 6000, Compression.COMPRESSION_NONE);

        Fleet.await("old ones are gone", () -> read().size() < 6000);
    }
}
