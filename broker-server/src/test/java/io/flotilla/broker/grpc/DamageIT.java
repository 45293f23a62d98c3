package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.State;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TransferLeadershipRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A byte of one file of one broker goes bad while that is down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamageIT {
    private static final int BROKERS = 3;
    private static final int VICTIM = 3;
    private static final int BATCHES = 200;
    private static final Set<State> WORKS = Set.of(State.STATE_LEADER, State.STATE_FOLLOWER);
    private static final Map<String, String> SETTINGS = Map.of(
            "leadership.balance-interval", "1d",
            "raft.kept-entries", "10");

    private Fleet fleet;
    private String hurt = "";
    private String other = "";
    private final List<String> written = new ArrayList<>();

    /** Which file, of those below the data directory. */
    enum Kind {
        SEGMENT("partitions/%s/log/", ".log"),
        INDEX("partitions/%s/log/", ".idx"),
        PRODUCERS("partitions/%s/producers", ""),
        RAFT_LOG("raft/%s/current/log_", ""),
        METADATA_SNAPSHOT("metadata/snapshot", "");

        private final String start;
        private final String end;

        Kind(String start, String end) {
            this.start = start;
            this.end = end;
        }

        boolean matches(String file, String partition, String group) {
            String name = this == RAFT_LOG ? group : partition;
            return file.startsWith(start.formatted(name)) && file.endsWith(end);
        }
    }

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, BROKERS, SETTINGS);
        try (Door door = Door.to(fleet.clientPort(1))) {
            hurt = create(door, "hurt");
            other = create(door, "other");
            for (int i = 0; i < 20; i++) {
                door.create("filler-" + i, 1, 1, Map.of()); // entries for a snapshot of the metadata
            }
            door.awaitLed("hurt");
            door.awaitLed("other");
            for (int i = 0; i < BATCHES; i++) {
                String value = i + "-" + "x".repeat(10_000);
                append(door, "hurt", value);
                append(door, "other", value);
                written.add(value);
            }
        }
        Fleet.await(
                "there is a snapshot",
                () -> Files.exists(fleet.directory(VICTIM).resolve("metadata/snapshot")));
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    private static String create(Door door, String name) {
        Topic topic = door.create(name, 1, BROKERS, Map.of("segment.bytes", "1048576"));
        return TopicId.of(topic.getTopicId().toByteArray()) + "-0";
    }

    private static void append(Door door, String topic, String value) {
        Fleet.await("it is taken", () -> isAppended(door, topic, value));
    }

    private static boolean isAppended(Door door, String topic, String value) {
        try {
            return door.produce(batch(topic, records(value))).hasAppended();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isFoundAndHealedAndHarmsNobodyElse(Kind kind) throws Exception {
        fleet.close(VICTIM);
        String group = new PartitionId(TopicId.parse(hurt.substring(0, hurt.length() - 2)), 0)
                .groupId()
                .toString();
        damage(oldest(file -> kind.matches(file, hurt, group)));

        fleet.start(VICTIM);
        fleet.awaitReady();

        awaitAllCaughtUp("hurt");
        awaitAllCaughtUp("other");
        lead("hurt");
        assertThat(values("hurt")).isEqualTo(written);
        assertThat(values("other")).isEqualTo(written);
        assertThat(quarantined()).noneMatch(name -> name.startsWith(other));
    }

    private Path oldest(Predicate<String> wanted) {
        Path root = fleet.directory(VICTIM);
        return files(root).stream()
                .filter(file -> wanted.test(root.relativize(file).toString()))
                .min(Path::compareTo)
                .orElseThrow();
    }

    private static void damage(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 3] ^= 0x10;
        Files.write(file, bytes);
    }

    private List<String> quarantined() {
        Path place = fleet.directory(VICTIM).resolve("quarantine");
        return Files.exists(place)
                ? files(place).stream()
                        .map(file -> place.relativize(file).toString())
                        .toList()
                : List.of();
    }

    private static List<Path> files(Path root) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PartitionDescription describe(FlotillaClient client, String topic) {
        return FlotillaClient.join(client.admin().partition(new TopicPartition(topic, 0)));
    }

    private void awaitAllCaughtUp(String topic) {
        try (FlotillaClient client = fleet.clientOf(1)) {
            Fleet.await(
                    "all replicas of %s have everything".formatted(topic),
                    () -> describe(client, topic).getReplicasList().stream()
                            .allMatch(replica -> replica.hasLagEntries()
                                    && replica.getLagEntries() == 0
                                    && WORKS.contains(replica.getState())));
        }
    }

    private void lead(String topic) {
        try (FlotillaClient client = fleet.clientOf(1)) {
            FlotillaClient.join(client.admin()
                    .transferLeadership(TransferLeadershipRequest.newBuilder()
                            .setPartition(
                                    io.flotilla.v1.TopicPartition.newBuilder().setTopic(topic))
                            .setToBrokerId(VICTIM)
                            .build()));
            Fleet.await("the lead has moved", () -> describe(client, topic).getLeaderId() == VICTIM);
        }
    }

    private List<String> values(String topic) throws InterruptedException {
        try (FlotillaClient client = fleet.client()) {
            return Topics.readAll(client, new TopicPartition(topic, 0)).stream()
                    .map(record -> Objects.requireNonNull(record.value()).toStringUtf8())
                    .toList();
        }
    }
}
