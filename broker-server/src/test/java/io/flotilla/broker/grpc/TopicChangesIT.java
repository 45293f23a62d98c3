package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.v1.AddPartitionsRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.GetMetadataRequest;
import io.flotilla.v1.GetTopicRequest;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.Topic;
import io.flotilla.v1.UpdateTopicRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Topics that are changed while they are used, by way of one broker, as the others see it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicChangesIT {
    private Fleet fleet;
    private List<Door> doors;

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, 3);
        doors = IntStream.rangeClosed(1, 3)
                .mapToObj(id -> Door.to(fleet.clientPort(id)))
                .toList();
    }

    @AfterAll
    void stop() {
        doors.forEach(Door::close);
        fleet.close();
    }

    private Topic update(UpdateTopicRequest.Builder request) {
        return doors.get(0).admin().updateTopic(request.build()).getTopic();
    }

    private Topic grow(String topic, int partitions, boolean validateOnly) {
        return doors.get(0)
                .admin()
                .addPartitions(AddPartitionsRequest.newBuilder()
                        .setTopic(topic)
                        .setPartitionCount(partitions)
                        .setValidateOnly(validateOnly)
                        .build())
                .getTopic();
    }

    private Topic topic(int broker, String name) {
        return doors.get(broker - 1)
                .admin()
                .getTopic(GetTopicRequest.newBuilder().setName(name).build())
                .getTopic();
    }

    private static FlotillaException refusal(Runnable call) {
        return GrpcErrors.from(catchThrowableOfType(StatusRuntimeException.class, call::run));
    }

    @Test
    void aTopicMadeByOneBrokerIsThereForTheOthersAtOnce() {
        for (int i = 0; i < 10; i++) {
            String name = "fresh-" + i;
            doors.get(0).create(name, 1, 3, Map.of());

            assertThat(topic(2, name).getName()).isEqualTo(name);
            assertThat(doors.get(2)
                            .cluster()
                            .getMetadata(GetMetadataRequest.newBuilder()
                                    .addTopics(name)
                                    .build())
                            .getTopics(0)
                            .hasError())
                    .isFalse();
        }
    }

    @Test
    void aChangedLimitHoldsOnEveryBroker() throws Exception {
        doors.get(0).create("limits", 1, 3, Map.of());
        ProduceRequest.Builder large = batch("limits", records("x".repeat(5000)));
        Fleet.await("it is taken", () -> code(doors.get(1), large) == ErrorCode.ERROR_CODE_UNSPECIFIED);

        Topic changed =
                update(UpdateTopicRequest.newBuilder().setName("limits").putSetConfigs("max.message.bytes", "2048"));

        assertThat(changed.getConfigsMap()).containsExactly(Map.entry("max.message.bytes", "2048"));
        for (Door door : doors) {
            Fleet.await("every broker refuses it", () -> code(door, large) == ErrorCode.ERROR_CODE_BATCH_TOO_LARGE);
        }
        update(UpdateTopicRequest.newBuilder().setName("limits").addUnsetConfigs("max.message.bytes"));
        for (Door door : doors) {
            Fleet.await("every broker takes it", () -> code(door, large) == ErrorCode.ERROR_CODE_UNSPECIFIED);
        }
    }

    private static ErrorCode code(Door door, ProduceRequest.Builder request) {
        try {
            return door.produce(request).getError().getCode();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aChangedSegmentSizeReachesTheLogsOfAllReplicas() {
        doors.get(0).create("segments", 1, 3, Map.of());

        update(UpdateTopicRequest.newBuilder().setName("segments").putSetConfigs("segment.bytes", "1048576"));

        for (int id = 1; id <= 3; id++) {
            Path partitions = fleet.directory(id).resolve("partitions");
            Fleet.await(
                    "replica on broker %d goes by it".formatted(id),
                    () -> description(partitions, "segments/0").contains("segment.bytes=1048576"));
        }
    }

    private static String description(Path partitions, String name) {
        try (Stream<Path> replicas = Files.list(partitions)) {
            return replicas.map(replica -> read(replica.resolve("replica.properties")))
                    .filter(text -> text.contains("name=" + name + "\n"))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void settingsThatAreNotAllowedAreNamedWithWhatIs() {
        doors.get(0).create("strict", 1, 1, Map.of());

        FlotillaException unknown = refusal(
                () -> update(UpdateTopicRequest.newBuilder().setName("strict").addUnsetConfigs("segment.size")));
        FlotillaException bad = refusal(
                () -> update(UpdateTopicRequest.newBuilder().setName("strict").putSetConfigs("segment.ms", "soon")));
        FlotillaException nothing =
                refusal(() -> update(UpdateTopicRequest.newBuilder().setName("strict")));

        assertThat(unknown.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_CONFIG);
        assertThat(unknown).hasMessageContaining("segment.size is unknown; did you mean segment.bytes?");
        assertThat(bad.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_CONFIG);
        assertThat(bad).hasMessageContaining("segment.ms is 'soon'; must be a whole number of milliseconds from 1000");
        assertThat(nothing.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
    }

    @Test
    void checksAChangeWithoutMakingIt() {
        doors.get(0).create("careful", 2, 1, Map.of());

        Topic expected = update(UpdateTopicRequest.newBuilder()
                .setName("careful")
                .putSetConfigs("segment.ms", "60000")
                .setValidateOnly(true));
        Topic larger = grow("careful", 4, true);

        assertThat(expected.getConfigsMap()).containsKey("segment.ms");
        assertThat(larger.getPartitionCount()).isEqualTo(4);
        assertThat(topic(1, "careful").getConfigsMap()).isEmpty();
        assertThat(topic(1, "careful").getPartitionCount()).isEqualTo(2);
    }

    @Test
    void addedPartitionsTakeRecordsAtOnceOnEveryBroker() throws Exception {
        doors.get(0).create("growing", 1, 3, Map.of());

        Topic grown = grow("growing", 3, false);

        assertThat(grown.getPartitionCount()).isEqualTo(3);
        for (int broker = 1; broker <= 3; broker++) {
            int asked = broker;
            Fleet.await(
                    "broker %d knows".formatted(broker),
                    () -> topic(asked, "growing").getPartitionCount() == 3);
            ProduceRequest.Builder toTheNew = batch("growing", records("one")).setPartition(2);
            Fleet.await(
                    "broker %d takes it".formatted(broker),
                    () -> code(doors.get(asked - 1), toTheNew) == ErrorCode.ERROR_CODE_UNSPECIFIED);
        }
    }

    @Test
    void partitionsAreNotTakenAwayAndNotAddedWithoutEnd() {
        doors.get(0).create("stays", 3, 1, Map.of());

        assertThat(refusal(() -> grow("stays", 2, false)))
                .hasMessageContaining("topic 'stays' has 3 partitions and is to have 2; partitions can only be added");
        assertThat(refusal(() -> grow("stays", 3, false)).code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(refusal(() -> grow("stays", 10_001, false)).code())
                .isEqualTo(ErrorCode.ERROR_CODE_INVALID_REPLICATION);
        assertThat(refusal(() -> grow("nowhere", 3, false)).code())
                .isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION);
    }
}
