package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.TransferLeadershipRequest;
import io.flotilla.v1.UpdateTopicRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics that keep only the newest of their records, on three brokers. */
class RetentionIT {
    private static final int BROKERS = 3;
    private static final String TOPIC = "short";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final int VALUE_BYTES = 100_000;

    private Fleet fleet;
    private final List<String> written = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, BROKERS, Map.of("log.retention-check-interval", "200ms", "raft.kept-entries", "10"));
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private void create(Map<String, String> configs) {
        try (Door door = Door.to(fleet.clientPort(1))) {
            door.create(TOPIC, 1, BROKERS, configs);
        }
    }

    private void write(int count) {
        writeBy(1, count);
    }

    private static boolean isAppended(Door door, String value) {
        try {
            return door.produce(batch(TOPIC, records(value))).hasAppended();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private PartitionDescription describe() {
        try (FlotillaClient client = fleet.client()) {
            return FlotillaClient.join(client.admin().partition(PARTITION));
        }
    }

    private long diskBytes(int broker) {
        try (Stream<Path> files = Files.walk(fleet.directory(broker).resolve("partitions"))) {
            return files.filter(path -> path.toString().endsWith(".log"))
                    .mapToLong(RetentionIT::size)
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

    @Test
    void whatIsTooMuchGoesOnAllReplicasAndTheDiskWithIt() throws Exception {
        long most = 3L * SEGMENT_BYTES;
        create(Map.of("segment.bytes", "" + SEGMENT_BYTES, "retention.bytes", "" + most));

        write(120); // of 100 kB each

        Fleet.await("little is left", () -> describe().getLogStartOffset() > 120 - 50);
        for (int broker = 1; broker <= BROKERS; broker++) {
            int id = broker;
            // what is kept, the segment that is written, and one whose entries share a file of the Raft log with newer
            // ones
            Fleet.await("disk of broker %d is freed".formatted(id), () -> diskBytes(id) <= most + 3L * SEGMENT_BYTES);
        }
        long start = describe().getLogStartOffset();
        try (FlotillaClient client = fleet.client()) {
            List<StoredRecord> left = Topics.readAll(client, PARTITION);
            assertThat(left.get(0).offset()).isGreaterThanOrEqualTo(start);
            assertThat(left.stream()
                            .map(record ->
                                    Objects.requireNonNull(record.value()).toStringUtf8())
                            .toList())
                    .isEqualTo(written.subList((int) left.get(0).offset(), written.size()));
        }
    }

    @Test
    void aSettingThatIsChangedCountsFromThenOn() {
        create(Map.of("segment.bytes", "" + SEGMENT_BYTES));
        write(30);
        assertThat(describe().getLogStartOffset()).isZero();

        try (Door door = Door.to(fleet.clientPort(1))) {
            var unused = door.admin()
                    .updateTopic(UpdateTopicRequest.newBuilder()
                            .setName(TOPIC)
                            .putSetConfigs("retention.ms", "1")
                            .build());
        }

        Fleet.await("all of it is gone", () -> describe().getLogStartOffset() == written.size());
        write(1);
        assertThat(describe().getHighWatermark()).isEqualTo(written.size());
    }

    @Test
    void allReplicasStartAtTheSameOffsetWhateverHappensToThem() throws Exception {
        create(Map.of("segment.bytes", "" + SEGMENT_BYTES, "retention.bytes", "" + SEGMENT_BYTES));
        for (int round = 0; round < 3; round++) {
            int victim = round % BROKERS + 1;
            fleet.close(victim);
            writeBy(victim % BROKERS + 1, 40);
            fleet.start(victim);
            fleet.awaitReady();
        }

        Fleet.await("little is left", () -> describe().getLogStartOffset() > 120 - 30);
        Fleet.await(
                "all have everything",
                () -> describe().getReplicasList().stream()
                        .allMatch(replica -> replica.hasLagEntries() && replica.getLagEntries() == 0));
        long start = describe().getLogStartOffset();
        for (int broker = 1; broker <= BROKERS; broker++) {
            lead(broker);
            assertThat(describe().getLogStartOffset()).isEqualTo(start);
        }
    }

    private void writeBy(int broker, int count) {
        try (Door door = Door.to(fleet.clientPort(broker))) {
            door.awaitLed(TOPIC);
            for (int i = 0; i < count; i++) {
                String value = written.size() + "-" + "x".repeat(VALUE_BYTES);
                Fleet.await("it is taken", () -> isAppended(door, value));
                written.add(value);
            }
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
}
