package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.group.OffsetsTopic;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.CommitOffsetsResponse;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ConsumeRequest.Pause;
import io.flotilla.v1.ConsumeRequest.Resume;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.FetchOffsetsRequest;
import io.flotilla.v1.GetGroupRequest;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.PauseGroupRequest;
import io.flotilla.v1.Position;
import io.flotilla.v1.PublishRequest;
import io.flotilla.v1.Record;
import io.flotilla.v1.ResumeGroupRequest;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Commit;
import io.flotilla.v1.SubscribeRequest.Join;
import io.flotilla.v1.SubscribeRequest.Seek;
import io.flotilla.v1.SubscribeRequest.Subscription;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.TopicPartition;
import io.flotilla.v1.TransferLeadershipRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Groups of members on several brokers, that come and go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupIT {
    private static final int BROKERS = 3;
    private static final int PARTITIONS = 6;
    private static final Duration SOON = Duration.ofMillis(5);

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
    void membersShareThePartitionsAndGetEveryRecord() throws Exception {
        try (Member first = Member.of(doors.get(0), Member.join("share", topic));
                Member second = Member.of(doors.get(1), Member.join("share", topic))) {
            first.until("all have three", () -> {
                second.take(SOON);
                return first.partitions().size() == 3 && second.partitions().size() == 3;
            });
            publish(0, 60);

            first.until("all records came", () -> {
                second.take(SOON);
                return first.values().size() + second.values().size() == 60;
            });

            Set<Integer> all = new HashSet<>(first.partitions());
            all.addAll(second.partitions());
            assertThat(all).hasSize(PARTITIONS);
            second.leave();
            first.until("the rest came over", () -> first.partitions().size() == PARTITIONS);
            publish(60, 60);
            first.until(
                    "the other records came",
                    () -> first.values().size() + second.values().size() == 120);
            first.leave();
        }
        assertThat(committed("share")).isEqualTo(120);
    }

    @Test
    void aMemberThatIsGoneLosesItsPartitionsWithItsSessionAndCannotCommitAnyMore() {
        publish(0, 6);
        Member gone = Member.silent(doors.get(0), Member.join("gone", topic));
        gone.until(
                "it has all",
                () -> gone.partitions().size() == PARTITIONS && gone.values().size() == 6);
        gone.close();
        try (Member heir = Member.of(doors.get(1), Member.join("gone", topic))) {
            heir.until(
                    "it takes over",
                    () -> heir.partitions().size() == PARTITIONS
                            && heir.values().size() == 6);

            StatusRuntimeException zombie = catchThrowableOfType(
                    StatusRuntimeException.class, () -> commit(doors.get(2), "gone", gone.id(), gone.epoch(), 1));

            assertThat(GrpcErrors.from(zombie).code()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_MEMBER);
            heir.until("what it acked is committed", () -> committed("gone") == 6);
        }
    }

    @Test
    void aMemberThatComesBackInTimeMovesNothing() {
        try (Member stays = Member.of(doors.get(1), Member.join("back", topic))) {
            Member first = Member.silent(doors.get(0), Member.join("back", topic));
            first.until("both have three", () -> {
                stays.take(SOON);
                return first.partitions().size() == 3 && stays.partitions().size() == 3;
            });
            publish(0, 60);
            first.until("it has its records", () -> first.values().size() == 30);
            Set<Integer> before = Set.copyOf(first.partitions());
            int events = stays.others().size();
            first.close();

            try (Member again =
                    Member.of(doors.get(2), Member.join("back", topic).setMemberId(first.id()))) {
                again.until("it has what it had", () -> again.partitions().equals(before));
                again.until(
                        "what was not acked comes again", () -> again.values().size() == 30);

                stays.take(SOON);
                assertThat(stays.partitions()).hasSize(3).doesNotContainAnyElementsOf(before);
                assertThat(stays.others()).hasSize(events);
            }
        }
    }

    @Test
    void aPartitionGoesToAnotherMemberOnlyWhenItsRecordsAreDone() {
        publish(0, 60);
        try (Member first = Member.silent(doors.get(0), Member.join("handover", topic))) {
            first.until("it has all records", () -> first.values().size() == 60);
            try (Member second = Member.of(doors.get(1), Member.join("handover", topic))) {
                first.until("some are taken away", () -> first.partitions().size() == 3);
                assertThat(second.values()).isEmpty();

                first.deliveries().forEach(delivery -> first.ack(delivery.getDeliveryId()));

                second.until("it gets them", () -> second.partitions().size() == 3);
                publish(60, 60);
                second.until("and what is new in them", () -> second.values().size() == 30);
                assertThat(new HashSet<>(second.values())).hasSize(30).allMatch(value -> number(value) >= 60);
            }
        }
    }

    @Test
    void aMemberThatDoesNotFinishLosesThePartitionAfterTheGrace() {
        publish(0, 60);
        Member first = Member.silent(doors.get(0), Member.join("grace", topic));
        first.until("it has all records", () -> first.values().size() == 60);
        try (first;
                Member second = Member.of(doors.get(1), Member.join("grace", topic))) {
            second.until("it gets its share and the records in it", () -> {
                first.take(SOON);
                return second.partitions().size() == 3 && second.values().size() == 30;
            });

            first.deliveries().forEach(delivery -> first.ack(delivery.getDeliveryId()));
            first.until("what is its own still counts", () -> committed("grace") == 60);
            assertThat(first.isOver()).isFalse();
        }
    }

    @Test
    void aMemberThatNeverAcksIsDeliveredNoMoreThanItsWindowAndThenEvicted() {
        publish(0, 60);
        try (Member lazy = Member.silent(
                doors.get(0),
                Member.join("lazy", topic).setMaxUnackedDeliveries(2).setProcessingTimeoutMs(1500))) {
            lazy.until("it is evicted", () -> lazy.isOver());

            assertThat(lazy.end().code()).isEqualTo(ErrorCode.ERROR_CODE_PROCESSING_TIMEOUT);
            assertThat(lazy.deliveries()).hasSize(2);
        }
        assertThat(committed("lazy")).isZero();
    }

    @Test
    void aStaticMemberFindsItsPartitionsWhenItIsRestarted() throws Exception {
        try (Member other = Member.of(doors.get(1), Member.join("static", topic))) {
            Member first = Member.of(doors.get(0), Member.join("static", topic).setInstanceId("one"));
            first.until("both have three", () -> {
                other.take(SOON);
                return first.partitions().size() == 3 && other.partitions().size() == 3;
            });
            Set<Integer> before = Set.copyOf(first.partitions());
            try (Member twin =
                    Member.of(doors.get(2), Member.join("static", topic).setInstanceId("one"))) {
                twin.until("it is refused", () -> twin.isOver());
                assertThat(twin.end().code()).isEqualTo(ErrorCode.ERROR_CODE_INSTANCE_ID_IN_USE);
            }

            first.leave();

            try (Member again =
                    Member.of(doors.get(2), Member.join("static", topic).setInstanceId("one"))) {
                again.until("it has what it had", () -> again.partitions().equals(before));
                other.take(SOON);
                assertThat(other.partitions()).hasSize(3);
            }
        }
    }

    @Test
    void membersGoOnWhenTheirCoordinatorMovesOrDies() throws Exception {
        try (Member first = Member.of(doors.get(0), Member.join("moving", topic));
                Member second = Member.of(doors.get(1), Member.join("moving", topic))) {
            first.until("both have three", () -> {
                second.take(SOON);
                return first.partitions().size() == 3 && second.partitions().size() == 3;
            });
            Set<Integer> before = Set.copyOf(first.partitions());
            int total = 0;
            for (int round = 0; round < 3; round++) {
                moveCoordinator("moving");
                publish(total, 30);
                total += 30;
                int expected = total;
                first.until("all records are committed", () -> {
                    second.take(SOON);
                    return committed("moving") == expected;
                });
            }
            assertThat(first.partitions()).isEqualTo(before);
            assertThat(new HashSet<>(first.values()).size() + new HashSet<>(second.values()).size())
                    .isEqualTo(90);
            assertThat(first.isOver()).isFalse();
            assertThat(second.isOver()).isFalse();
        }
    }

    @Test
    void atMostOnceCommitsBeforeItDelivers() {
        publish(0, 60);
        Member first = Member.silent(
                doors.get(0),
                Member.join("once", topic)
                        .setMode(DeliveryMode.DELIVERY_MODE_AT_MOST_ONCE)
                        .setMaxUnackedDeliveries(1));
        first.until("one delivery came", () -> first.deliveries().size() == 1);
        assertThat(committed("once")).isEqualTo(first.values().size());
        first.close();

        try (Member second = Member.of(doors.get(1), Member.join("once", topic))) {
            second.until(
                    "it gets the rest",
                    () -> second.values().size() == 60 - first.values().size());
            assertThat(second.values()).doesNotContainAnyElementsOf(first.values());
        }
    }

    @Test
    void aMemberThatReadsByItselfIsToldWhatToReadAndCommits() {
        publish(0, 60);
        try (Member reader = Member.silent(
                doors.get(0), Member.join("rich", topic).setMode(DeliveryMode.DELIVERY_MODE_ASSIGNMENT_ONLY))) {
            reader.until("it has all", () -> reader.partitions().size() == PARTITIONS);

            reader.send(SubscribeRequest.newBuilder()
                    .setCommit(Commit.newBuilder()
                            .addOffsets(position(topic, 0, 7))
                            .addOffsets(position(topic, 1, 3))
                            .setConfirm(true)));
            reader.until("it is confirmed", () -> reader.others().stream().anyMatch(SubscribeResponse::hasCommitted));
            assertThat(committed("rich")).isEqualTo(10);

            reader.send(SubscribeRequest.newBuilder()
                    .setCommit(Commit.newBuilder().addOffsets(position("elsewhere", 0, 1))));
            reader.until("not assigned", () -> problems(reader).contains(ErrorCode.ERROR_CODE_NOT_ASSIGNED));
            reader.send(SubscribeRequest.newBuilder()
                    .setCommit(Commit.newBuilder()
                            .addOffsets(position(topic, 0, 1_000_000))
                            .addOffsets(position(topic, 1, 4))
                            .setConfirm(true)));
            reader.until("beyond the end", () -> problems(reader).contains(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE));
            reader.until(
                    "the others are confirmed",
                    () -> reader.others().stream()
                                    .filter(SubscribeResponse::hasCommitted)
                                    .count()
                            == 2);

            assertThat(reader.values()).isEmpty();
            assertThat(committed("rich")).isEqualTo(11);
        }
    }

    @Test
    void aMemberSeeksPausesAndChangesItsMind() {
        publish(0, 60);
        doors.get(0).create("other." + topic, 1, BROKERS, Map.of());
        try (Member member = Member.of(
                doors.get(0),
                Member.join("mind").setSubscription(Subscription.newBuilder().setTopicRegex(".*" + topic)))) {
            member.until("it has both topics", () -> member.assigned() == PARTITIONS + 1);
            member.until("it has all records", () -> member.values().size() == 60);

            member.send(SubscribeRequest.newBuilder()
                    .setSeek(Seek.newBuilder()
                            .addPartitions(PartitionStart.newBuilder()
                                    .setTopic(topic)
                                    .setPartition(2)
                                    .setFrom(Position.newBuilder().setOffset(4)))));
            member.until("some came again", () -> member.values().size() == 66);

            member.send(SubscribeRequest.newBuilder()
                    .setPause(Pause.newBuilder()
                            .addPartitions(
                                    TopicPartition.newBuilder().setTopic(topic).setPartition(0))));
            publish(60, 60);
            member.until("all but the paused came", () -> member.values().size() == 66 + 50);
            member.send(SubscribeRequest.newBuilder()
                    .setResume(Resume.newBuilder()
                            .addPartitions(
                                    TopicPartition.newBuilder().setTopic(topic).setPartition(0))));
            member.until("the paused came too", () -> member.values().size() == 66 + 60);

            member.send(SubscribeRequest.newBuilder()
                    .setSubscription(Subscription.newBuilder().addTopics("other." + topic)));
            member.until("it has the other topic only", () -> member.assigned() == 1);
        }
    }

    @Test
    void whatCannotBeIsRefusedAndSaysWhy() {
        refused(Member.join("no spaces, please", topic), "group is 'no spaces, please'");
        refused(Member.join("a", topic).clearSubscription(), "either topics or topic_regex");
        refused(Member.join("a", "no/such"), "topic name is 'no/such'");
        refused(Member.join("a", topic).setSessionTimeoutMs(1), "session_timeout_ms is 1");
        refused(Member.join("a", topic).setProcessingTimeoutMs(-1), "processing_timeout_ms is -1");
        refused(Member.join("a", topic).setMaxUnackedBytes(-1), "max_unacked_bytes is -1");
        refused(Member.join("a", topic).setMaxDeliveryBytes(-1), "max_bytes is -1");
        refused(Member.join("a", topic).setAssignor("astrology"), "astrology");
        refused(Member.join("a", topic).setClientId("x".repeat(300)), "client_id has 300 characters");
        refused(Member.join("a").setSubscription(Subscription.newBuilder().setTopicRegex("(")), "regular expression");
        try (Member member = Member.of(doors.get(0), Member.join("foreign", topic))) {
            member.until("it has all", () -> member.partitions().size() == PARTITIONS);
            member.ack(1_000_000);
            member.until("it is refused", () -> member.isOver());
            assertThat(member.end()).hasMessageContaining("was never delivered");
        }
        assertThat(commit(doors.get(0), "b", "", 0, 1_000_000)
                        .getFailures(0)
                        .getError()
                        .getCode())
                .isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
    }

    private void pause(String group, long durationMs) {
        doors.get(2)
                .admin()
                .pauseGroup(PauseGroupRequest.newBuilder()
                        .setName(group)
                        .setDurationMs(durationMs)
                        .build());
    }

    private GroupDescription describe(String group) {
        return doors.get(1)
                .admin()
                .getGroup(GetGroupRequest.newBuilder().setName(group).build())
                .getGroup();
    }

    /** Whether the last it heard of is that. */
    private static boolean isPaused(Member member) {
        return member.others().stream()
                .filter(SubscribeResponse::hasPaused)
                .reduce((first, last) -> last)
                .filter(event -> event.getPaused().getUntilMs() > 0)
                .isPresent();
    }

    @Test
    void aPausedGroupGetsNothingAndKeepsItsPartitionsAndPositions() {
        try (Member member = Member.silent(doors.get(0), Member.join("held", topic));
                Member other = Member.of(doors.get(0), Member.join("free", topic))) {
            member.until("it has its partitions", () -> member.partitions().size() == PARTITIONS);
            publish(0, 6);
            member.until("it reads", () -> member.values().size() == 6);

            pause("held", 3_600_000);
            member.until("it hears of the pause", () -> isPaused(member));
            publish(6, 6);
            other.until("others get them", () -> other.values().size() == 12);
            member.ack(member.deliveries().stream()
                    .mapToLong(SubscribeResponse.Delivery::getDeliveryId)
                    .toArray());
            member.until("what it had done counts", () -> committed("held") == 6);

            assertThat(member.values()).hasSize(6);
            assertThat(member.partitions()).hasSize(PARTITIONS);
            assertThat(describe("held").hasPausedUntilMs()).isTrue();
            try (Member late = Member.of(doors.get(1), Member.join("held", topic))) {
                late.until("it joins a paused group", () -> isPaused(late) && late.assigned() > 0);
                assertThat(late.values()).isEmpty();
            }

            boolean wasPaused = doors.get(1)
                    .admin()
                    .resumeGroup(ResumeGroupRequest.newBuilder().setName("held").build())
                    .getWasPaused();

            assertThat(wasPaused).isTrue();
            member.until("it goes on where it was", () -> member.values().size() == 12);
            assertThat(member.values()).doesNotHaveDuplicates();
            assertThat(isPaused(member)).isFalse();
            assertThat(describe("held").hasPausedUntilMs()).isFalse();
        }
    }

    @Test
    void aPauseEndsByItself() {
        try (Member member = Member.of(doors.get(0), Member.join("dozing", topic))) {
            member.until("it has its partitions", () -> member.partitions().size() == PARTITIONS);
            pause("dozing", 2_500);
            member.until("it hears of the pause", () -> isPaused(member));
            publish(0, 6);

            member.until("it goes on", () -> member.values().size() == 6);
            assertThat(isPaused(member)).isFalse();
        }
    }

    @Test
    void onlyAGroupThatExistsCanBePausedAndNotForEver() {
        assertThat(codeOf(() -> pause("nobody", 1000))).isEqualTo(ErrorCode.ERROR_CODE_NOT_FOUND);
        assertThat(codeOf(() -> pause("nobody", 0))).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(codeOf(() -> pause("nobody", Long.MAX_VALUE))).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
    }

    private static ErrorCode codeOf(Runnable call) {
        return GrpcErrors.from(catchThrowableOfType(StatusRuntimeException.class, call::run))
                .code();
    }

    private void refused(Join.Builder join, String why) {
        try (Member member = Member.of(doors.get(0), join)) {
            member.until("it is refused", () -> member.isOver());
            assertThat(member.end()).hasMessageContaining(why);
            assertThat(member.end().code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        }
    }

    private static List<ErrorCode> problems(Member member) {
        return member.others().stream()
                .filter(SubscribeResponse::hasProblem)
                .map(event -> event.getProblem().getError().getCode())
                .toList();
    }

    private static PartitionOffset position(String topic, int partition, long offset) {
        return PartitionOffset.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .setOffset(offset)
                .build();
    }

    private CommitOffsetsResponse commit(Door door, String group, String member, int epoch, long offset) {
        return door.groups()
                .commitOffsets(CommitOffsetsRequest.newBuilder()
                        .setGroup(group)
                        .setMemberId(member)
                        .setMemberEpoch(epoch)
                        .addOffsets(position(topic, 0, offset))
                        .build());
    }

    private static int number(String value) {
        return Integer.parseInt(value.substring("record ".length()));
    }

    private void moveCoordinator(String group) {
        TopicPartition partition = TopicPartition.newBuilder()
                .setTopic(OffsetsTopic.NAME)
                .setPartition(OffsetsTopic.partitionOf(group, 8))
                .build();
        Await.until("its coordinator is known", () -> leader(partition) > 0);
        int leader = leader(partition);
        doors.get(0)
                .admin()
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setPartition(partition)
                        .setToBrokerId(leader % BROKERS + 1)
                        .build());
    }

    private int leader(TopicPartition partition) {
        return doors.get(0)
                .admin()
                .describePartition(DescribePartitionRequest.newBuilder()
                        .setPartition(partition)
                        .build())
                .getPartition()
                .getLeaderId();
    }

    private void publish(int from, int count) {
        for (int i = from; i < from + count; i++) {
            doors.get(0)
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
