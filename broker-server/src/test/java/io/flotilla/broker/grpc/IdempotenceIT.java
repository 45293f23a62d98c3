package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.batch;
import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.error.GrpcErrors;
import io.flotilla.raft.ratis.Await;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.Acks;
import io.flotilla.v1.Appended;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.Error;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.InitProducerRequest;
import io.flotilla.v1.InitProducerResponse;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.PublishRequest;
import io.flotilla.v1.PublishResponse;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.TopicPartition;
import io.flotilla.v1.TransferLeadershipRequest;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/** Batches with conditions, sent again and again, over leaders that move and brokers that start again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdempotenceIT {
    private static final int BROKERS = 3;

    private Fleet fleet;
    private List<Door> doors;
    private String topic = "";

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, BROKERS, Map.of("leadership.balance-interval", "1d"));
        fleet.awaitReady();
    }

    @BeforeEach
    void makeTopic(TestInfo test) {
        knock();
        topic = test.getTestMethod().orElseThrow().getName();
        doors.get(0).create(topic, 1, BROKERS, Map.of());
        doors.forEach(door -> door.awaitLed(topic));
    }

    private void knock() {
        doors = IntStream.rangeClosed(1, BROKERS)
                .mapToObj(id -> Door.to(fleet.clientPort(id)))
                .toList();
    }

    @AfterEach
    void leave() {
        doors.forEach(Door::close);
    }

    @AfterAll
    void stop() {
        fleet.close();
    }

    private InitProducerResponse identity() {
        return doors.get(0).producer().initProducer(InitProducerRequest.getDefaultInstance());
    }

    private ProduceRequest.Builder batch(long producer, int epoch, int sequence, String... values) {
        RecordBatch.Builder batch = records(values)
                .setProducer(ProducerStamp.newBuilder()
                        .setProducerId(producer)
                        .setProducerEpoch(epoch)
                        .setBaseSequence(sequence));
        return Door.batch(topic, batch);
    }

    private Appended appended(int broker, ProduceRequest.Builder request) throws InterruptedException {
        ProduceResponse response = doors.get(broker - 1).produce(request);
        for (int i = 0; i < 100 && response.getError().getRetriable(); i++) { // a leader may not be ready yet
            response = doors.get(broker - 1).produce(request);
        }
        assertThat(response.hasAppended()).as(response.toString()).isTrue();
        return response.getAppended();
    }

    private ErrorCode refusal(ProduceRequest.Builder request) throws InterruptedException {
        return doors.get(0).produce(request).getError().getCode();
    }

    private List<String> values() throws InterruptedException {
        try (FlotillaClient client = fleet.client()) {
            List<StoredRecord> records = Topics.readAll(client, Topics.partition(topic, 0));
            return records.stream()
                    .map(record -> record.value() == null ? "" : record.value().toStringUtf8())
                    .toList();
        }
    }

    private int leader() {
        Await.until("%s has a leader".formatted(topic), () -> leaderNow() > 0);
        return leaderNow();
    }

    private int leaderNow() {
        return doors.get(0)
                .admin()
                .describePartition(DescribePartitionRequest.newBuilder()
                        .setPartition(TopicPartition.newBuilder().setTopic(topic))
                        .build())
                .getPartition()
                .getLeaderId();
    }

    private void moveLeaderTo(int broker) {
        doors.get(0)
                .admin()
                .transferLeadership(TransferLeadershipRequest.newBuilder()
                        .setPartition(TopicPartition.newBuilder().setTopic(topic))
                        .setToBrokerId(broker)
                        .build());
        Fleet.await("the lead has moved", () -> leader() == broker);
    }

    @Test
    void aRepeatGetsTheFirstResultFromEveryLeader() throws Exception {
        long id = identity().getProducerId();
        Appended first = appended(1, batch(id, 0, 0, "a", "b"));
        Appended second = appended(2, batch(id, 0, 2, "c"));
        assertThat(first.getDuplicate()).isFalse();

        for (int broker = 1; broker <= BROKERS; broker++) {
            moveLeaderTo(broker);
            Appended again = appended(broker % BROKERS + 1, batch(id, 0, 0, "a", "b"));
            assertThat(again).isEqualTo(first.toBuilder().setDuplicate(true).build());
            assertThat(appended(broker, batch(id, 0, 2, "c")).getBaseOffset()).isEqualTo(second.getBaseOffset());
        }

        appended(3, batch(id, 0, 3, "d"));
        assertThat(values()).containsExactly("a", "b", "c", "d");
    }

    @Test
    void whatIsKnownOfProducersSurvivesARestartOfAll() throws Exception {
        long id = identity().getProducerId();
        Appended first = appended(1, batch(id, 0, 0, "a"));
        for (int broker = 1; broker <= BROKERS; broker++) {
            if (broker == 2) {
                fleet.close(broker);
            } else {
                fleet.shutDown(broker);
            }
        }
        leave();
        for (int broker = 1; broker <= BROKERS; broker++) {
            fleet.start(broker);
        }
        fleet.awaitReady();
        knock();
        Fleet.await("there is a leader", () -> leader() > 0);

        assertThat(appended(1, batch(id, 0, 0, "a")).getBaseOffset()).isEqualTo(first.getBaseOffset());
        assertThat(refusal(batch(id, 0, 5, "gap"))).isEqualTo(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE);
        appended(1, batch(id, 0, 1, "b"));
        assertThat(identity().getProducerId()).isGreaterThan(id);
        assertThat(values()).containsExactly("a", "b");
    }

    @Test
    void whatBreaksTheRulesIsRefused() throws Exception {
        long id = identity().getProducerId();
        assertThat(refusal(batch(id, 0, 1, "x"))).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER);
        appended(1, batch(id, 1, 0, "a"));

        assertThat(refusal(batch(id, 1, 2, "x"))).isEqualTo(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE);
        assertThat(refusal(batch(id, 0, 1, "x"))).isEqualTo(ErrorCode.ERROR_CODE_PRODUCER_FENCED);
        assertThat(refusal(batch(id, 2, 1, "x"))).isEqualTo(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE);
        assertThat(refusal(batch(id, 1, 1, "x").clearPartition())).isEqualTo(ErrorCode.ERROR_CODE_PARTITION_REQUIRED);
        assertThat(refusal(batch(0, 1, 1, "x"))).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
        assertThat(refusal(batch(id, -1, 1, "x"))).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);

        appended(1, batch(id, 2, 0, "b"));
        assertThat(values()).containsExactly("a", "b");
    }

    @Test
    void everyMessageTwiceInADeepPipelineIsWrittenOnce() throws Exception {
        long id = identity().getProducerId();
        List<String> expected = new ArrayList<>();
        try (Talk<ProduceRequest, ProduceResponse> stream =
                doors.get(leader() - 1).produce()) {
            for (int i = 0; i < 500; i++) {
                expected.add("value " + i);
                for (int twice = 0; twice < 2; twice++) {
                    stream.send(
                            batch(id, 0, i, "value " + i).setCorrelationId(i).build());
                }
            }
            List<ProduceResponse> answers = stream.halfClose().rest();

            assertThat(answers).hasSize(1000).allMatch(ProduceResponse::hasAppended);
            for (int i = 0; i < 500; i++) {
                Appended first = answers.get(2 * i).getAppended();
                assertThat(first.getBaseOffset()).isEqualTo(i);
                assertThat(answers.get(2 * i + 1).getAppended())
                        .isEqualTo(first.toBuilder().setDuplicate(true).build());
            }
        }
        assertThat(values()).isEqualTo(expected);
    }

    @Test
    void onlyOneOfManyWritersGetsTheOffsetTheyAllExpect() throws Exception {
        appended(1, Door.batch(topic, records("a", "b")).setExpectedOffset(0));

        Error conflict = doors.get(2)
                .produce(Door.batch(topic, records("x")).setExpectedOffset(0))
                .getError();
        assertThat(conflict.getCode()).isEqualTo(ErrorCode.ERROR_CODE_OFFSET_CONFLICT);
        assertThat(conflict.getMetadataOrThrow("next_offset")).isEqualTo("2");
        try (Talk<ProduceRequest, ProduceResponse> stream =
                doors.get(leader() - 1).produce()) {
            for (int i = 0; i < 20; i++) {
                stream.send(Door.batch(topic, records("writer " + i))
                        .setExpectedOffset(2)
                        .setCorrelationId(i)
                        .build());
            }
            assertThat(stream.halfClose().rest().stream().filter(ProduceResponse::hasAppended))
                    .hasSize(1);
        }
        assertThat(values()).hasSize(3).startsWith("a", "b");
    }

    @Test
    void aRequestWithAnIdIsWrittenOnce() throws Exception {
        PublishRequest request = PublishRequest.newBuilder()
                .setTopic(topic)
                .addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("once")))
                .setRequestId(UUID.randomUUID().toString())
                .build();

        PublishResponse first = doors.get(0).producer().publish(request);
        PublishResponse again = doors.get(1).producer().publish(request);
        doors.get(2)
                .producer()
                .publish(request.toBuilder()
                        .setRequestId(UUID.randomUUID().toString())
                        .build());

        assertThat(again.getResults(0).getAppended())
                .isEqualTo(first.getResults(0).getAppended().toBuilder()
                        .setDuplicate(true)
                        .build());
        assertThat(values()).containsExactly("once", "once");
        StatusRuntimeException odd = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> doors.get(0)
                        .producer()
                        .publish(request.toBuilder().setRequestId("17").build()));
        assertThat(GrpcErrors.from(odd).code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
    }

    @Test
    void acksOfAllWaitForEveryReplica() throws Exception {
        appended(1, Door.batch(topic, records("everywhere")).setAcks(Acks.ACKS_ALL));
        int leader = leader();
        int down = leader % BROKERS + 1;
        fleet.close(down);

        Error late = doors.get(leader - 1)
                .produce(Door.batch(topic, records("on two"))
                        .setAcks(Acks.ACKS_ALL)
                        .setTimeoutMs(500))
                .getError();

        assertThat(late.getCode()).isEqualTo(ErrorCode.ERROR_CODE_TIMED_OUT);
        assertThat(late.getAmbiguous()).isTrue();
        assertThat(values()).containsExactly("everywhere", "on two");
        fleet.start(down);
        fleet.awaitReady();
    }

    @Test
    void everyProducerHasItsOwnIdWhereverItAsks() {
        Set<Long> ids = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            InitProducerResponse identity =
                    doors.get(i % BROKERS).producer().initProducer(InitProducerRequest.getDefaultInstance());
            assertThat(identity.getProducerEpoch()).isZero();
            assertThat(identity.getMaxInFlightBatches()).isEqualTo(64);
            ids.add(identity.getProducerId());
        }

        assertThat(ids).hasSize(30).allMatch(id -> id > 0);
        InitProducerResponse next = doors.get(1)
                .producer()
                .initProducer(InitProducerRequest.newBuilder()
                        .setProducerId(5)
                        .setProducerEpoch(7)
                        .build());
        assertThat(next.getProducerId()).isEqualTo(5);
        assertThat(next.getProducerEpoch()).isEqualTo(8);
        StatusRuntimeException half = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> doors.get(1)
                        .producer()
                        .initProducer(InitProducerRequest.newBuilder()
                                .setProducerId(5)
                                .build()));
        assertThat(GrpcErrors.from(half).code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        StatusRuntimeException transactional = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> doors.get(1)
                        .producer()
                        .initProducer(InitProducerRequest.newBuilder()
                                .setTransactionalId("t")
                                .build()));
        assertThat(GrpcErrors.from(transactional).code()).isEqualTo(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
    }
}
