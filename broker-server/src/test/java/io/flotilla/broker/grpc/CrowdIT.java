package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.FetchOffsetsRequest;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.ListGroupsRequest;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.PublishRequest;
import io.flotilla.v1.Record;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What many members, or members that vanish, do to the others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrowdIT {
    private static final int BROKERS = 3;
    private static final int PARTITIONS = 6;
    private static final int ROUNDS = 10;
    private static final int PER_ROUND = 100;
    private static final int RECORDS = 60;
    private static final String RANDOM = "random-";

    private Fleet fleet;
    private List<Door> doors = List.of();
    private String topic = "";

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(
                root,
                BROKERS,
                Map.of("leadership.balance-interval", "1d", "group.revoke-grace", "2s", "drain.timeout", "1s"));
        fleet.awaitReady();
    }

    @BeforeEach
    void makeTopic(TestInfo test) {
        doors = IntStream.rangeClosed(1, BROKERS)
                .mapToObj(id -> Door.to(fleet.clientPort(id)))
                .toList();
        topic = test.getTestMethod().orElseThrow().getName();
        doors.get(0).create(topic, PARTITIONS, BROKERS, Map.of());
        doors.forEach(door -> door.awaitLed(topic));
    }

    @AfterEach
    void goAway() {
        doors.forEach(Door::close);
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    @Test
    void aThousandJoinsWithRandomNamesDoNoHarmAndAreForgotten() {
        try (Member regular = Member.of(doors.get(1), Member.join("regular", topic))) {
            regular.until("it reads", () -> regular.partitions().size() == PARTITIONS);
            for (int round = 0; round < ROUNDS; round++) {
                joinAndVanish(round % BROKERS + 1);
            }

            publish();
            regular.until("it still reads", () -> regular.values().size() == RECORDS);
            regular.until("and commits", () -> committed("regular") == RECORDS);
            assertThat(regular.isOver()).isFalse();
            regular.until(
                    "the others are forgotten", () -> groups().stream().noneMatch(group -> group.startsWith(RANDOM)));
            assertThat(regular.isOver()).isFalse();
        }
    }

    /** Members of as many groups on one connection, which is then closed without a word. */
    private void joinAndVanish(int broker) {
        List<Member> crowd = new ArrayList<>();
        try (Door door = Door.to(fleet.clientPort(broker))) {
            for (int i = 0; i < PER_ROUND; i++) {
                crowd.add(Member.silent(door, Member.join(RANDOM + UUID.randomUUID(), topic)));
            }
            crowd.forEach(member -> member.until("it is one", () -> !member.id().isEmpty()));
        }
    }

    @Test
    void membersThatAreCancelledAllAtOnceLeaveTheirConnectionToTheOthers() {
        List<Member> crowd = new ArrayList<>();
        try (Member stays = Member.of(doors.get(0), Member.join("stays", topic))) {
            stays.until("it reads", () -> stays.partitions().size() == PARTITIONS);
            for (int i = 0; i < 3 * PER_ROUND; i++) {
                crowd.add(Member.silent(doors.get(0), Member.join("crowd", topic)));
            }
            crowd.forEach(member -> member.until("it is one", () -> !member.id().isEmpty()));

            crowd.forEach(Member::close);

            publish();
            stays.until("it reads on", () -> stays.values().size() == RECORDS);
            assertThat(stays.isOver()).isFalse();
        }
    }

    @Test
    void aMemberBehindADeadConnectionIsReplaced() throws Exception {
        try (SilentProxy proxy = SilentProxy.to(fleet.clientPort(1));
                Door dead = Door.to(proxy.port())) {
            Member gone = Member.silent(dead, Member.join("half", topic));
            gone.until("it has all", () -> gone.partitions().size() == PARTITIONS);
            try (Member heir = Member.of(doors.get(1), Member.join("half", topic))) {
                heir.until("it is one", () -> !heir.id().isEmpty());

                proxy.fallSilent();

                heir.until("it has all", () -> heir.partitions().size() == PARTITIONS);
                publish();
                heir.until("it reads", () -> heir.values().size() == RECORDS);
            }
        }
    }

    @Test
    void aCoordinatorWithEnoughGroupsTakesNoNewOneUntilSomeAreGone(@TempDir Path root) throws Exception {
        try (Fleet small = Fleet.start(root, 1, Map.of("group.max-groups", "2"));
                Door door = Door.to(small.clientPort(1))) {
            door.create(topic, 1, 1, Map.of());
            door.awaitLed(topic);
            try (Member first = joined(door, "first");
                    Member second = joined(door, "second");
                    Member alsoFirst = joined(door, "first");
                    Member third = Member.of(door, Member.join("third", topic))) {
                third.until("it is refused", third::isOver);
                assertThat(third.end().code()).isEqualTo(ErrorCode.ERROR_CODE_GROUP_FULL);
                assertThat(third.end())
                        .hasMessageContaining("group 'third' is new")
                        .hasMessageContaining("max-groups");
                StatusRuntimeException alone =
                        catchThrowableOfType(StatusRuntimeException.class, () -> commitAlone(door, "fourth"));
                assertThat(GrpcErrors.from(alone).code()).isEqualTo(ErrorCode.ERROR_CODE_GROUP_FULL);
                assertThat(first.isOver() || second.isOver() || alsoFirst.isOver())
                        .isFalse();

                Scrapes scrapes = new Scrapes(small, 1);
                Await.until("both are counted", () -> groupsCounted(scrapes) == 2);
                second.leave();
                Await.until("there is room for another", () -> joins(door, "third"));
            }
        }
    }

    private Member joined(Door door, String group) {
        Member member = Member.of(door, Member.join(group, topic));
        return member.until("it is one", () -> !member.id().isEmpty());
    }

    private boolean joins(Door door, String group) {
        try (Member member = Member.of(door, Member.join(group, topic))) {
            member.until("it is answered", () -> member.isOver() || !member.id().isEmpty());
            return !member.isOver();
        }
    }

    private static double groupsCounted(Scrapes scrapes) {
        return scrapes.sum("flotilla_group_groups{state=\"stable\"}")
                + scrapes.sum("flotilla_group_groups{state=\"empty\"}");
    }

    private void commitAlone(Door door, String group) {
        var unused = door.groups()
                .commitOffsets(CommitOffsetsRequest.newBuilder()
                        .setGroup(group)
                        .addOffsets(PartitionOffset.newBuilder().setTopic(topic))
                        .build());
    }

    private List<String> groups() {
        return doors.get(0).admin().listGroups(ListGroupsRequest.getDefaultInstance()).getGroupsList().stream()
                .map(GroupDescription::getName)
                .toList();
    }

    private void publish() {
        for (int i = 0; i < RECORDS; i++) {
            var unused = doors.get(0)
                    .producer()
                    .publish(PublishRequest.newBuilder()
                            .setTopic(topic)
                            .setPartition(i % PARTITIONS)
                            .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("record " + i)))
                            .build());
        }
    }

    private long committed(String group) {
        return doors
                .get(2)
                .groups()
                .fetchOffsets(FetchOffsetsRequest.newBuilder().setGroup(group).build())
                .getOffsetsList()
                .stream()
                .mapToLong(PartitionOffset::getOffset)
                .sum();
    }
}
