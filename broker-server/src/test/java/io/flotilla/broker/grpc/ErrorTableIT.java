package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.error.ErrorTable;
import io.flotilla.raft.ratis.Await;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.DeleteGroupRequest;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.Error;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.FetchRequest;
import io.flotilla.v1.GetTopicRequest;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.SubscribeRequest;
import io.flotilla.v1.SubscribeRequest.Commit;
import io.flotilla.v1.SubscribeRequest.Join;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.Topic;
import io.flotilla.v1.TopicPartition;
import io.flotilla.v1.TransferLeadershipRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every code of the error table as real brokers answer it, in whatever form a client may meet it. The steps go from a
 * healthy cluster to one that has lost its majority and shuts down.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ErrorTableIT {
    private static final Map<ErrorCode, String> CANNOT_BE_PROVOKED = Map.of(
            ErrorCode.ERROR_CODE_UNSPECIFIED, "no broker sends it",
            ErrorCode.ERROR_CODE_INTERNAL, "only a bug or broken hardware brings it about");

    private static final String TOPIC = "errors";
    private static final int MAX_STREAMS = 20;

    private final Set<ErrorCode> seen = EnumSet.noneOf(ErrorCode.class);
    private Fleet fleet;
    private int leader;
    private Door atLeader;
    private Door atFollower;
    private Member member;

    /** A step that makes a broker refuse. */
    private interface Provocation {
        Object run() throws Exception;
    }

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(
                root,
                3,
                Map.of(
                        "fetch.max-streams", Integer.toString(MAX_STREAMS),
                        "group.max-members", "2",
                        "produce.partition-queue-bytes", "64KiB",
                        "drain.timeout", "1s",
                        "leadership.balance-interval", "1d"));
        try (Door any = Door.to(fleet.clientPort(1))) {
            any.create(TOPIC, 1, 3, Map.of());
            any.create("small", 1, 3, Map.of("max.message.bytes", "1024"));
            any.create("keyed", 1, 3, Map.of("cleanup.policy", "compact"));
            any.create("solo", 3, 1, Map.of());
            awaitEverywhere(TOPIC, "small", "keyed", "solo");
            leader = any.admin()
                    .describePartition(DescribePartitionRequest.newBuilder()
                            .setPartition(TopicPartition.newBuilder().setTopic(TOPIC))
                            .build())
                    .getPartition()
                    .getLeaderId();
        }
        atLeader = Door.to(fleet.clientPort(leader));
        atFollower = Door.to(fleet.clientPort(leader % 3 + 1));
        member = Member.of(atFollower, Member.join("busy", TOPIC).setInstanceId("one"));
        member.until("it reads", () -> !member.partitions().isEmpty());
    }

    @AfterAll
    void stop() {
        member.close();
        atLeader.close();
        atFollower.close();
        fleet.close();
    }

    @TestFactory
    @Order(1)
    Stream<DynamicTest> aCallThatFailsSaysItInItsStatusItsDetailsAndItsTrailers() {
        return Stream.of(
                failedCall(ErrorCode.ERROR_CODE_INVALID_REQUEST, () -> fetch(atLeader, from(0).setMaxBytes(-1))),
                failedCall(ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME, () -> create("../x", 1, 3, Map.of())),
                failedCall(ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT, () -> {
                    atLeader.produce(batch(TOPIC, records("v".repeat(20_000))));
                    FetchRequest.Builder narrow = from(0);
                    narrow.getDecodeBuilder().setMaxMessageBytes(10_000);
                    return fetch(atLeader, narrow);
                }),
                failedCall(
                        ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                        () -> atLeader.admin()
                                .getTopic(GetTopicRequest.newBuilder()
                                        .setName("nowhere")
                                        .build())),
                failedCall(
                        ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH,
                        () -> atLeader.admin()
                                .deleteTopic(DeleteTopicRequest.newBuilder()
                                        .setName(TOPIC)
                                        .setTopicId(ByteString.copyFrom(new byte[16]))
                                        .build())),
                failedCall(ErrorCode.ERROR_CODE_ALREADY_EXISTS, () -> create(TOPIC, 1, 3, Map.of())),
                failedCall(
                        ErrorCode.ERROR_CODE_NOT_FOUND,
                        () -> atLeader.admin()
                                .transferLeadership(TransferLeadershipRequest.newBuilder()
                                        .setPartition(
                                                TopicPartition.newBuilder().setTopic(TOPIC))
                                        .setToBrokerId(99)
                                        .build())),
                failedCall(ErrorCode.ERROR_CODE_NOT_LEADER, () -> fetch(atFollower, from(0).setLeaderOnly(true))),
                failedCall(ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH, () -> fetch(atLeader, inEpoch(0))),
                failedCall(ErrorCode.ERROR_CODE_UNKNOWN_LEADER_EPOCH, () -> fetch(atLeader, inEpoch(1_000_000))),
                failedCall(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE, () -> fetch(atLeader, from(1_000_000))),
                failedCall(
                        ErrorCode.ERROR_CODE_INVALID_CONFIG,
                        () -> create("odd", 1, 3, Map.of("max.mesage.bytes", "1"))),
                failedCall(ErrorCode.ERROR_CODE_INVALID_REPLICATION, () -> create("odd", 1, 2, Map.of())),
                failedCall(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, () -> {
                    // a call that compresses its messages
                    try (Talk<ProduceRequest, ProduceResponse> stream = atLeader.produceCompressed()) {
                        return stream.send(
                                        batch(TOPIC, records("v".repeat(1000))).build())
                                .next();
                    }
                }),
                failedCall(ErrorCode.ERROR_CODE_UNKNOWN_MEMBER, () -> commitIn("busy", "", 0)),
                failedCall(ErrorCode.ERROR_CODE_MEMBER_FENCED, () -> commitIn("busy", member.id(), 99)),
                failedCall(
                        ErrorCode.ERROR_CODE_INSTANCE_ID_IN_USE,
                        () -> endOf(Member.join("busy", TOPIC).setInstanceId("one"))),
                failedCall(ErrorCode.ERROR_CODE_GROUP_FULL, () -> {
                    try (Member second = Member.of(atFollower, Member.join("busy", TOPIC))) {
                        second.until("it is one", () -> !second.id().isEmpty());
                        return endOf(Member.join("busy", TOPIC));
                    }
                }),
                failedCall(ErrorCode.ERROR_CODE_PROCESSING_TIMEOUT, () -> {
                    atLeader.produce(batch(TOPIC, records("one")));
                    return endOf(Member.join("slow", TOPIC).setProcessingTimeoutMs(1000));
                }),
                failedCall(
                        ErrorCode.ERROR_CODE_GROUP_NOT_EMPTY,
                        () -> atFollower
                                .admin()
                                .deleteGroup(DeleteGroupRequest.newBuilder()
                                        .setName("busy")
                                        .build())),
                failedCall(ErrorCode.ERROR_CODE_TOO_MANY_STREAMS, this::openTooManyStreams));
    }

    @TestFactory
    @Order(2)
    Stream<DynamicTest> aBatchThatFailsSaysItInItsAnswer() {
        return Stream.of(
                failedBatch(
                        ErrorCode.ERROR_CODE_INVALID_BATCH,
                        batch(TOPIC, records("one").setRecordCount(2))),
                failedBatch(
                        ErrorCode.ERROR_CODE_CORRUPT_BATCH,
                        batch(TOPIC, records("one").setCrc32C(1))),
                failedBatch(ErrorCode.ERROR_CODE_KEY_REQUIRED, batch("keyed", records("one"))),
                failedBatch(ErrorCode.ERROR_CODE_BATCH_TOO_LARGE, batch("small", records("v".repeat(2000)))),
                failedBatch(
                        ErrorCode.ERROR_CODE_INVALID_TIMESTAMP,
                        batch(
                                TOPIC,
                                records("one")
                                        .setBaseTimestampMs(Instant.now()
                                                .plusSeconds(100_000)
                                                .toEpochMilli()))),
                failedBatch(
                        ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION,
                        batch(
                                TOPIC,
                                RecordBatch.newBuilder()
                                        .setRecordCount(1)
                                        .setCompressionValue(77)
                                        .setUncompressedBytes(10)
                                        .setEncodedRecords(ByteString.copyFromUtf8("?")))),
                failedBatch(
                        ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE,
                        batch(
                                TOPIC,
                                records("one")
                                        .setProducer(ProducerStamp.newBuilder()
                                                .setProducerId(1)
                                                .setTransactional(true)))),
                failedBatch(ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER, stamped(77, 0, 5)),
                failedBatch(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE, stamped(78, 3, 0), stamped(78, 3, 5)),
                failedBatch(ErrorCode.ERROR_CODE_PRODUCER_FENCED, stamped(78, 3, 0), stamped(78, 2, 1)),
                failedBatch(
                        ErrorCode.ERROR_CODE_PARTITION_REQUIRED,
                        stamped(79, 0, 0).clearPartition()),
                failedBatch(
                        ErrorCode.ERROR_CODE_OFFSET_CONFLICT,
                        batch(TOPIC, records("one")).setExpectedOffset(1_000_000)),
                failedBatch(
                        ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                        batch(TOPIC, records("one")).setPartition(1)),
                failedBatch(
                        ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH,
                        batch(TOPIC, records("one")).setTopicId(ByteString.copyFrom(new byte[16]))),
                failedBatch(
                        ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH,
                        batch(TOPIC, records("one")).setLeaderEpoch(0)),
                failedBatch(
                        ErrorCode.ERROR_CODE_UNKNOWN_LEADER_EPOCH,
                        batch(TOPIC, records("one")).setLeaderEpoch(1_000_000)),
                dynamicTest("NOT_LEADER", () -> {
                    Error error = atFollower
                            .produce(batch(TOPIC, records("one")).setLeaderOnly(true))
                            .getError();
                    checkFlags(ErrorCode.ERROR_CODE_NOT_LEADER, error);
                    assertThat(error.getLeader().getEndpoint()).isEqualTo(leaderEndpoint());
                }));
    }

    @Test
    @Order(3)
    void aBrokerWhoseDiskIsNearlyFullTakesNoRecords(@TempDir Path root) throws Exception {
        try (Fleet full = Fleet.start(root, 1, Map.of("storage.min-free-bytes", "1TiB"));
                Door door = Door.to(full.clientPort(1))) {
            door.create("t", 1, 1, Map.of());
            Error error = door.produce(batch("t", records("one"))).getError();
            checkFlags(ErrorCode.ERROR_CODE_STORAGE_FULL, error);
            assertThat(error.getRetryAfterMs()).isEqualTo(1000);
        }
    }

    @Test
    @Order(4)
    void aLeaderThatLosesItsMajorityRefusesWhatItCannotCommitOrSaysThatItDoesNotKnow() throws Exception {
        for (int id = 1; id <= 3; id++) {
            if (id != leader) {
                fleet.close(id);
            }
        }
        CompletableFuture<StatusRuntimeException> creation = CompletableFuture.supplyAsync(
                () -> catchThrowableOfType(StatusRuntimeException.class, () -> create("too-late", 1, 1, Map.of())));

        Error timedOut =
                atLeader.produce(batch(TOPIC, records("one")).setTimeoutMs(300)).getError();
        checkFlags(ErrorCode.ERROR_CODE_TIMED_OUT, timedOut);
        assertThat(timedOut.getAmbiguous()).isTrue();

        checkFlags(ErrorCode.ERROR_CODE_OVERLOADED, firstErrorOf(8));

        StatusRuntimeException leaderless = catchThrowableOfType(StatusRuntimeException.class, () -> {
            for (int partition = 0; partition < 3; partition++) {
                fetch(
                        atLeader,
                        FetchRequest.newBuilder()
                                .setTopic("solo")
                                .setPartition(partition)
                                .setMaxWaitMs(-1));
            }
        });
        checkCall(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, leaderless);

        StatusRuntimeException undecided = creation.get();
        checkCall(ErrorCode.ERROR_CODE_NO_QUORUM, undecided);
    }

    @Test
    @Order(5)
    void aBrokerThatShutsDownEndsItsCalls() throws Exception {
        try (Talk<ConsumeRequest, ConsumeResponse> reader = atLeader.consume(ConsumeRequest.Open.newBuilder()
                .addPartitions(ConsumeRequest.PartitionStart.newBuilder().setTopic("small")))) {
            reader.next();
            CompletableFuture<Void> shutDown = CompletableFuture.runAsync(() -> fleet.shutDown(leader));
            List<ConsumeResponse.EventCase> events = new ArrayList<>();
            StatusRuntimeException end = catchThrowableOfType(StatusRuntimeException.class, () -> {
                while (true) {
                    events.add(reader.next().getEventCase());
                }
            });
            shutDown.join();

            assertThat(events).contains(ConsumeResponse.EventCase.DRAIN);
            checkCall(ErrorCode.ERROR_CODE_DRAINING, end);
        }
    }

    @Test
    @Order(6)
    void noCodeOfTheTableIsNeverSent() {
        Set<ErrorCode> table =
                ErrorTable.rows().stream().map(ErrorTable.Row::code).collect(Collectors.toSet());
        table.removeAll(CANNOT_BE_PROVOKED.keySet());
        assertThat(seen).containsExactlyInAnyOrderElementsOf(table);
    }

    @Test
    @Order(3)
    void whatAMemberMayNotCommitIsSaidOnItsStream() {
        member.send(SubscribeRequest.newBuilder()
                .setCommit(Commit.newBuilder()
                        .addOffsets(
                                PartitionOffset.newBuilder().setTopic("small").setOffset(0))));
        member.until("it is told", () -> member.others().stream().anyMatch(SubscribeResponse::hasProblem));

        Error problem = member.others().stream()
                .filter(SubscribeResponse::hasProblem)
                .map(event -> event.getProblem().getError())
                .findFirst()
                .orElseThrow();
        checkFlags(ErrorCode.ERROR_CODE_NOT_ASSIGNED, problem);
    }

    // ---- provocations

    private Object commitIn(String group, String memberId, int epoch) {
        return atFollower
                .groups()
                .commitOffsets(CommitOffsetsRequest.newBuilder()
                        .setGroup(group)
                        .setMemberId(memberId)
                        .setMemberEpoch(epoch)
                        .addOffsets(PartitionOffset.newBuilder().setTopic(TOPIC))
                        .build());
    }

    private Object endOf(Join.Builder join) {
        try (Member refused = Member.silent(atFollower, join)) {
            refused.until("it is over", refused::isOver);
            throw refused.status();
        }
    }

    private Object fetch(Door door, FetchRequest.Builder request) {
        return door.consumer().fetch(request.build());
    }

    private static FetchRequest.Builder from(long offset) {
        FetchRequest.Builder request = FetchRequest.newBuilder().setTopic(TOPIC).setMaxWaitMs(-1);
        request.getFromBuilder().setOffset(offset);
        return request;
    }

    private static FetchRequest.Builder inEpoch(int epoch) {
        FetchRequest.Builder request = from(0);
        request.getEpochBuilder().setCurrentLeaderEpoch(epoch);
        return request;
    }

    private Object create(String name, int partitions, int replicas, Map<String, String> configs) {
        return atLeader.admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName(name)
                                .setPartitionCount(partitions)
                                .setReplicationFactor(replicas)
                                .putAllConfigs(configs))
                        .build());
    }

    private void awaitEverywhere(String... topics) {
        for (int broker = 1; broker <= 3; broker++) {
            try (Door door = Door.to(fleet.clientPort(broker))) {
                Arrays.stream(topics).forEach(door::awaitLed);
            }
        }
    }

    private Object openTooManyStreams() throws InterruptedException {
        List<Talk<ConsumeRequest, ConsumeResponse>> open = new ArrayList<>();
        try {
            for (int i = 0; i <= MAX_STREAMS; i++) {
                open.add(atLeader.consume(ConsumeRequest.Open.newBuilder()
                        .addPartitions(
                                ConsumeRequest.PartitionStart.newBuilder().setTopic(TOPIC))));
                open.get(i).next();
            }
            return open;
        } finally {
            open.forEach(Talk::close);
            Await.until("streams are free again", this::opensAStream);
        }
    }

    private boolean opensAStream() {
        try (Talk<ConsumeRequest, ConsumeResponse> stream = atLeader.consume(ConsumeRequest.Open.newBuilder()
                .addPartitions(ConsumeRequest.PartitionStart.newBuilder().setTopic(TOPIC)))) {
            stream.next();
            return true;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (StatusRuntimeException e) {
            return false;
        }
    }

    /** Of that many batches sent at once. */
    private Error firstErrorOf(int batches) throws InterruptedException {
        try (Talk<ProduceRequest, ProduceResponse> stream = atLeader.produce()) {
            // one entry is under way and is never committed; what follows waits for it
            for (int i = 1; i <= batches; i++) {
                stream.send(batch(TOPIC, records("v".repeat(30_000)))
                        .setCorrelationId(i)
                        .setTimeoutMs(2000 + 100 * i)
                        .build());
            }
            for (ProduceResponse answer = stream.next(); ; answer = stream.next()) {
                if (answer.getError().getCode() != ErrorCode.ERROR_CODE_TIMED_OUT) {
                    return answer.getError();
                }
            }
        }
    }

    // ---- what is checked of every error

    private DynamicTest failedCall(ErrorCode code, Provocation provocation) {
        return dynamicTest(
                ErrorTable.name(code),
                () -> checkCall(code, catchThrowableOfType(StatusRuntimeException.class, provocation::run)));
    }

    private static ProduceRequest.Builder stamped(long producer, int epoch, int sequence) {
        return batch(
                TOPIC,
                records("one")
                        .setProducer(ProducerStamp.newBuilder()
                                .setProducerId(producer)
                                .setProducerEpoch(epoch)
                                .setBaseSequence(sequence)));
    }

    /** The last of some batches fails. */
    private DynamicTest failedBatch(ErrorCode code, ProduceRequest.Builder... requests) {
        return dynamicTest(ErrorTable.name(code), () -> {
            for (int i = 0; i < requests.length - 1; i++) {
                assertThat(atLeader.produce(requests[i]).hasAppended()).isTrue();
            }
            ProduceResponse answer = atLeader.produce(requests[requests.length - 1]);
            assertThat(answer.getCorrelationId()).isEqualTo(7);
            checkFlags(code, answer.getError());
        });
    }

    private void checkCall(ErrorCode code, StatusRuntimeException failure) {
        assertThat(failure).as("the call that provokes %s", code).isNotNull();
        EndOfCall end = EndOfCall.of(failure);
        checkFlags(code, end.error());
        ErrorTable.Row row = ErrorTable.of(code);
        assertThat(end.status()).isEqualTo(row.status());
        assertThat(end.description()).isEqualTo(end.error().getMessage());
        assertThat(end.info().getReason()).isEqualTo(ErrorTable.name(code));
        assertThat(end.info().getDomain()).isEqualTo("flotilla");
        assertThat(end.trailer("flotilla-code")).isEqualTo(ErrorTable.name(code));
        assertThat(end.trailer("flotilla-retriable")).isEqualTo(row.retriable() ? "1" : "0");
        if (code == ErrorCode.ERROR_CODE_NOT_LEADER) {
            assertThat(end.error().getLeader().getEndpoint()).isEqualTo(leaderEndpoint());
            assertThat(end.trailer("flotilla-leader")).isEqualTo("127.0.0.1:" + fleet.clientPort(leader));
        }
    }

    private void checkFlags(ErrorCode code, Error error) {
        assertThat(error.getCode()).as(error.toString()).isEqualTo(code);
        ErrorTable.Row row = ErrorTable.of(code);
        assertThat(error.getRetriable()).isEqualTo(row.retriable());
        assertThat(error.getAmbiguous() && !row.mayBeAmbiguous()).isFalse();
        assertThat(error.getMessage()).isNotBlank();
        seen.add(code);
    }

    private BrokerEndpoint leaderEndpoint() {
        return BrokerEndpoint.newBuilder()
                .setBrokerId(leader)
                .setHost("127.0.0.1")
                .setPort(fleet.clientPort(leader))
                .build();
    }
}
