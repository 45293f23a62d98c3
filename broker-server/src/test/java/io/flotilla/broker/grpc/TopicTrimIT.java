package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.error.GrpcErrors;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PartitionDescription.State;
import io.flotilla.v1.Position;
import io.flotilla.v1.TransferLeadershipRequest;
import io.flotilla.v1.TruncateTopicRequest;
import io.flotilla.v1.TruncateTopicRequest.Cut;
import io.flotilla.v1.TruncateTopicResponse.Result;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are trimmed, over leaders that move and brokers that start again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicTrimIT {
    private static final int BROKERS = 3;
    private static final Position START =
            Position.newBuilder().setAnchor(Position.Anchor.ANCHOR_START).build();

    private static final Set<State> WORKS = Set.of(State.STATE_LEADER, State.STATE_FOLLOWER);

    private Fleet fleet;

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, BROKERS, Map.of("leadership.balance-interval", "1d"));
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    /** A topic with batches of two records: a0 b0, a1 b1, ... */
    private void fill(String topic, int batches) throws Exception {
        try (Door door = Door.to(fleet.clientPort(1))) {
            door.create(topic, 1, BROKERS, Map.of());
            for (int i = 0; i < batches; i++) {
                String[] values = {"a" + i, "b" + i};
                Fleet.await("the leader is ready", () -> isAppended(door, topic, values));
            }
        }
    }

    private Result trim(int broker, String topic, long before, boolean validateOnly) {
        try (Door door = Door.to(fleet.clientPort(broker))) {
            door.awaitLed(topic);
            return door.admin()
                    .truncateTopic(TruncateTopicRequest.newBuilder()
                            .setTopic(topic)
                            .addCuts(Cut.newBuilder()
                                    .setBefore(Position.newBuilder().setOffset(before)))
                            .setValidateOnly(validateOnly)
                            .build())
                    .getResults(0);
        }
    }

    private static void moveLeaderTo(int broker, String topic, FlotillaClient client) {
        FlotillaClient.join(client.admin()
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setPartition(io.flotilla.v1.TopicPartition.newBuilder().setTopic(topic))
                        .setToBrokerId(broker)
                        .build()));
        Fleet.await(
                "the lead has moved",
                () -> FlotillaClient.join(client.admin().partition(new TopicPartition(topic, 0)))
                                .getLeaderId()
                        == broker);
    }

    private static List<String> values(FlotillaClient client, String topic) throws InterruptedException {
        return io.flotilla.broker.fleet.Topics.readAll(client, new TopicPartition(topic, 0)).stream()
                .map(StoredRecord::value)
                .map(value -> Objects.requireNonNull(value).toStringUtf8())
                .toList();
    }

    @Test
    void everyReplicaStartsWhereTheTopicWasTrimmedAlsoAfterARestart() throws Exception {
        fill("trimmed", 4);
        Result first = trim(1, "trimmed", 3, false);
        Result again = trim(2, "trimmed", 1, false);
        Result more = trim(3, "trimmed", 5, false);

        assertThat(List.of(first.getOldLogStartOffset(), first.getLogStartOffset()))
                .containsExactly(0L, 3L);
        assertThat(again.hasError()).isFalse();
        assertThat(again.getLogStartOffset()).as("it never goes back").isEqualTo(3);
        assertThat(more.getLogStartOffset()).isEqualTo(5);
        try (FlotillaClient client = fleet.client()) {
            for (int broker = 1; broker <= BROKERS; broker++) {
                moveLeaderTo(broker, "trimmed", client);
                assertThat(startOf(client, "trimmed")).isEqualTo(5);
            }
            assertThat(values(client, "trimmed")).containsExactly("b2", "a3", "b3");
        }
        for (int broker = 1; broker <= BROKERS; broker++) {
            fleet.close(broker);
        }
        for (int broker = 1; broker <= BROKERS; broker++) {
            fleet.start(broker);
        }
        fleet.awaitReady();
        try (FlotillaClient client = fleet.client()) {
            assertThat(startOf(client, "trimmed")).isEqualTo(5);
            assertThat(values(client, "trimmed")).containsExactly("b2", "a3", "b3");
        }
    }

    private static long startOf(FlotillaClient client, String topic) {
        return FlotillaClient.join(client.admin().offset(new TopicPartition(topic, 0), START));
    }

    @Test
    void aReplicaThatWasDownWhenTheLogWasTrimmedGetsAllAndTrimsToo() throws Exception {
        fill("behind", 1);
        fleet.close(3);
        try (Door door = Door.to(fleet.clientPort(1))) {
            for (int i = 1; i < 4; i++) {
                Fleet.await("a majority is left", () -> isAppended(door, "behind", "more", "more"));
            }
        }
        Fleet.await("it is trimmed", () -> trim(1, "behind", 4, false).getLogStartOffset() == 4);

        fleet.start(3);
        fleet.awaitReady();

        requireStart("behind", 4);
    }

    /** Once broker 3 has caught up and leads. */
    private void requireStart(String topic, long start) {
        try (FlotillaClient client = fleet.client()) {
            Fleet.await(
                    "broker 3 has caught up",
                    () ->
                            FlotillaClient.join(client.admin().partition(new TopicPartition(topic, 0)))
                                    .getReplicasList()
                                    .stream()
                                    .allMatch(replica ->
                                            replica.getLagEntries() == 0 && WORKS.contains(replica.getState())));
            moveLeaderTo(3, topic, client);
            assertThat(startOf(client, topic)).isEqualTo(start);
        }
    }

    @Test
    void aReplicaThatLostItsFilesIsRebuiltAndStartsWhereTheOthersDo() throws Exception {
        fill("lost", 4);
        assertThat(trim(1, "lost", 5, false).getLogStartOffset()).isEqualTo(5);
        fleet.close(3);
        try (Stream<Path> files = Files.walk(fleet.directory(3))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }

        fleet.start(3);
        fleet.awaitReady();
        Fleet.await("the replica has files again", () -> logs(3) >= logs(1));

        requireStart("lost", 5);
    }

    /** How many logs the broker has. */
    private long logs(int broker) {
        try (Stream<Path> files = Files.walk(fleet.directory(broker).resolve("partitions"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .map(Path::getParent)
                    .distinct()
                    .count();
        } catch (IOException | UncheckedIOException e) {
            return 0; // they are being made
        }
    }

    private static boolean isAppended(Door door, String topic, String... values) {
        try {
            return door.produce(batch(topic, records(values))).hasAppended();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsNotCommittedCannotBeTrimmed() throws Exception {
        fill("end", 2);

        Result beyond = trim(2, "end", 5, false);
        Result all = trim(2, "end", 4, false);

        assertThat(beyond.getError().getCode()).isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
        assertThat(beyond.getError().getMessage()).contains("offset 5", "0 to 4");
        assertThat(all.getLogStartOffset()).isEqualTo(4);
    }

    @Test
    void aPlanChangesNothing() throws Exception {
        fill("planned", 2);

        Result plan = trim(3, "planned", 2, true);

        assertThat(plan.getLogStartOffset()).isEqualTo(2);
        assertThat(trim(1, "planned", 0, true).getLogStartOffset()).isZero();
    }

    @Test
    void refusesWhatMakesNoSense() throws Exception {
        fill("sense", 1);
        Cut cut = Cut.newBuilder().setBefore(START).build();
        TruncateTopicRequest request =
                TruncateTopicRequest.newBuilder().setTopic("sense").build();

        assertThat(code(request)).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(code(request.toBuilder().addCuts(cut).addCuts(cut).build()))
                .isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(code(request.toBuilder().addCuts(Cut.getDefaultInstance()).build()))
                .isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(code(request.toBuilder()
                        .addCuts(cut.toBuilder().setPartition(1))
                        .build()))
                .isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION);
    }

    private ErrorCode code(TruncateTopicRequest request) {
        try (Door door = Door.to(fleet.clientPort(1))) {
            return GrpcErrors.from(catchThrowableOfType(
                            StatusRuntimeException.class, () -> door.admin().truncateTopic(request)))
                    .code();
        }
    }
}
