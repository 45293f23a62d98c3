package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.control.MetadataMember;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.v1.Broker;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.ListTopicsRequest;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.State;
import io.flotilla.v1.Position;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TransferLeadershipRequest;
import io.flotilla.v1.TruncateTopicRequest;
import io.flotilla.v1.TruncateTopicRequest.Cut;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Raft logs that forget soon, and replicas that come back from further behind than those reach. */
class CatchUpIT {
    private static final int BROKERS = 3;
    private static final Set<State> WORKS = Set.of(State.STATE_LEADER, State.STATE_FOLLOWER);
    private static final Map<String, String> FORGETFUL = Map.of(
            "leadership.balance-interval", "1d",
            "raft.kept-entries", "10");

    private Fleet fleet;
    private String group = "";
    private final List<String> written = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, BROKERS, FORGETFUL);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    private void create() {
        try (Door door = Door.to(fleet.clientPort(1))) {
            Topic topic = door.create("far", 1, BROKERS, Map.of("segment.bytes", "1048576"));
            group = new PartitionId(TopicId.of(topic.getTopicId().toByteArray()), 0)
                    .groupId()
                    .toString();
        }
    }

    /** Each an entry of its own. */
    private void write(int count, int bytes) throws Exception {
        try (Door door = Door.to(fleet.clientPort(1))) {
            door.awaitLed("far");
            for (int i = 0; i < count; i++) {
                String value = written.size() + "-" + "x".repeat(bytes);
                Fleet.await("it is taken", () -> isAppended(door, value));
                written.add(value);
            }
        }
    }

    private static boolean isAppended(Door door, String value) {
        try {
            return door.produce(batch("far", records(value))).hasAppended();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> values() throws InterruptedException {
        try (FlotillaClient client = fleet.client()) {
            return Topics.readAll(client, new TopicPartition("far", 0)).stream()
                    .map(record -> Objects.requireNonNull(record.value()).toStringUtf8())
                    .toList();
        }
    }

    /** Where the broker has the Raft log of the partition. */
    private Path raftLog(int broker) {
        try (Stream<Path> all = Files.walk(fleet.directory(broker))) {
            return all.filter(path -> path.endsWith(Path.of(group, "current")))
                    .filter(path -> !path.toString().contains("quarantine"))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean hasForgotten(int broker) {
        try (Stream<Path> files = Files.list(raftLog(broker))) {
            return files.map(path -> String.valueOf(path.getFileName()))
                    .noneMatch(name -> name.startsWith("log_0-") || name.equals("log_inprogress_0"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PartitionDescription describe() {
        try (FlotillaClient client = fleet.client()) {
            return FlotillaClient.join(client.admin().partition(new TopicPartition("far", 0)));
        }
    }

    private void awaitAllCaughtUp() {
        Fleet.await(
                "all replicas have everything",
                () -> describe().getReplicasList().stream()
                        .allMatch(replica -> replica.getLagEntries() == 0 && WORKS.contains(replica.getState())));
    }

    /** A leader that has all there is. */
    private void lead(int broker) {
        try (FlotillaClient client = fleet.client()) {
            FlotillaClient.join(client.admin()
                    .transferLeadership(TransferLeadershipRequest.newBuilder()
                            .setPartition(
                                    io.flotilla.v1.TopicPartition.newBuilder().setTopic("far"))
                            .setToBrokerId(broker)
                            .build()));
            Fleet.await("the lead has moved", () -> describe().getLeaderId() == broker);
        }
    }

    @Test
    void aReplicaThatWasDownWhileTheOthersForgotCopiesWhatItLacks() throws Exception {
        create();
        write(20, 10);
        fleet.close(3);
        write(300, 10);
        Fleet.await("the others have forgotten", () -> hasForgotten(1) && hasForgotten(2));

        fleet.start(3);
        fleet.awaitReady();
        write(10, 10);

        awaitAllCaughtUp();
        lead(3);
        assertThat(values()).isEqualTo(written);
        write(5, 10);
        assertThat(values()).isEqualTo(written);
    }

    @Test
    void aReplicaThatLostItsFilesGetsThemFromALeaderThatHasForgotten() throws Exception {
        create();
        write(300, 10);
        Fleet.await("the others have forgotten", () -> hasForgotten(1) && hasForgotten(2));
        fleet.close(3);
        wipe(3);

        fleet.start(3);
        fleet.awaitReady();

        Fleet.await("it has files again", () -> segments(3).equals(segments(1)));
        awaitAllCaughtUp();
        lead(3);
        assertThat(values()).isEqualTo(written);
    }

    private void wipe(int broker) throws IOException {
        try (Stream<Path> files = Files.walk(fleet.directory(broker))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void whatIsTrimmedIsDeletedOnceNobodyCanAskForItAndIsMissedByNobody() throws Exception {
        create();
        write(20, 100_000); // two segments
        fleet.close(3);
        write(300, 10);
        trim(written.size() - 5);
        Fleet.await("the others have forgotten", () -> hasForgotten(1) && hasForgotten(2));
        Fleet.await(
                "files of the others are gone",
                () -> segments(1).size() == 1 && segments(2).size() == 1);
        assertThat(segments(3)).hasSizeGreaterThan(1);

        fleet.start(3);
        fleet.awaitReady();

        awaitAllCaughtUp();
        Fleet.await("its files are gone, too", () -> segments(3).equals(segments(1)));
        lead(3);
        assertThat(values()).isEqualTo(written.subList(written.size() - 5, written.size()));
    }

    private void trim(long before) {
        try (Door door = Door.to(fleet.clientPort(1))) {
            Fleet.await(
                    "it is trimmed",
                    () -> door.admin()
                                    .truncateTopic(TruncateTopicRequest.newBuilder()
                                            .setTopic("far")
                                            .addCuts(Cut.newBuilder()
                                                    .setBefore(Position.newBuilder()
                                                            .setOffset(before)))
                                            .build())
                                    .getResults(0)
                                    .getLogStartOffset()
                            == before);
        }
    }

    private List<String> segments(int broker) {
        try (Stream<Path> files = Files.walk(fleet.directory(broker).resolve("partitions"))) {
            return files.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.endsWith(".log"))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }

    @Test
    void brokersThatForgotStartAgainWithEverything() throws Exception {
        create();
        write(200, 10);
        Fleet.await("they have forgotten", () -> hasForgotten(1) && hasForgotten(2) && hasForgotten(3));
        for (int broker = 1; broker <= BROKERS; broker++) {
            fleet.close(broker);
        }
        for (int broker = 1; broker <= BROKERS; broker++) {
            fleet.start(broker);
        }
        fleet.awaitReady();

        assertThat(values()).isEqualTo(written);
        write(30, 10);
        awaitAllCaughtUp();
        assertThat(values()).isEqualTo(written);
    }

    @Test
    void aBrokerThatMissedChangesOfTheMetadataTakesOverTheirSnapshot() throws Exception {
        create();
        fleet.close(3);
        awaitFenced(3);
        changeMetadata();

        fleet.start(3);
        fleet.awaitReady();

        awaitSameTopics(3);
        fleet.close(1);
        try (Door door = Door.to(fleet.clientPort(2))) {
            Fleet.await("its vote counts", () -> creates(door, "after"));
        }
        awaitSameTopics(3);
    }

    @Test
    void aBrokerThatJoinsTakesOverTheSnapshotOfTheMetadata() throws Exception {
        create();
        changeMetadata();

        fleet.join(4);
        fleet.awaitReady();

        awaitSameTopics(4);
    }

    /** So often that the voters that are there forget how. */
    private void changeMetadata() {
        group = MetadataMember.GROUP.toString();
        try (Door door = Door.to(fleet.clientPort(1))) {
            for (int i = 0; i < 60; i++) {
                String name = "some-" + i;
                door.create(name, 1, 1, Map.of());
                var unused = door.admin()
                        .deleteTopic(
                                DeleteTopicRequest.newBuilder().setName(name).build());
            }
            door.create("last", 1, 1, Map.of());
        }
        Fleet.await("the voters have forgotten", () -> hasForgotten(1) && hasForgotten(2));
    }

    private static boolean creates(Door door, String name) {
        try {
            door.create(name, 1, 1, Map.of());
            return true;
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /** From then on nothing is placed on it. */
    private void awaitFenced(int broker) {
        try (FlotillaClient client = fleet.clientOf(1)) {
            Fleet.await(
                    "broker %d is fenced".formatted(broker),
                    () -> FlotillaClient.join(client.admin().brokers()).stream()
                            .noneMatch(one -> one.getEndpoint().getBrokerId() == broker
                                    && one.getState() == Broker.State.STATE_RUNNING));
        }
    }

    private void awaitSameTopics(int broker) {
        Fleet.await(
                "broker %d knows the same topics".formatted(broker),
                () -> topics(broker).equals(topics(2)));
    }

    private List<String> topics(int broker) {
        try (Door door = Door.to(fleet.clientPort(broker))) {
            return door.admin().listTopics(ListTopicsRequest.getDefaultInstance()).getTopicsList().stream()
                    .map(topic -> topic.getName())
                    .toList();
        }
    }
}
