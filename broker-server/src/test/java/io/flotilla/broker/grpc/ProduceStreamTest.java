package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.broker.control.LocalGroup;
import io.flotilla.broker.control.StorageWatch;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.error.FlotillaException;
import io.flotilla.raft.ProposeResult;
import io.flotilla.v1.Compression;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.RecordBatch;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One call to a broker that leads both partitions of {@code orders}. */
class ProduceStreamTest {
    private static final long ROOM = 64 << 20;
    private static final int LARGE = 1_000_000;

    @TempDir
    private Path root;

    private final TestBroker broker = new TestBroker();
    private final LocalGroup first = broker.leads(TestBroker.FIRST, 3);
    private final BrokerChannels channels = new BrokerChannels(1, 1 << 20);
    private final ProduceMemory memory = new ProduceMemory(ROOM);
    private final OpenCalls calls = new OpenCalls(10);
    private final FakeCall<ProduceResponse> call = new FakeCall<>();
    private DataDirectory directory;
    private ProduceStream stream;

    @BeforeEach
    void open() throws Exception {
        directory = DataDirectory.open(root, 1, new UUID(1, 1));
        broker.leads(TestBroker.SECOND, 3);
        stream = stream(call, memory, new StorageWatch(directory, Long.MAX_VALUE));
    }

    private ProduceStream stream(FakeCall<ProduceResponse> out, ProduceMemory room, StorageWatch storage) {
        BatchAdmission admission = new BatchAdmission(
                () -> Instant.ofEpochMilli(broker.replicas().nowMs().get()));
        Appends appends = new Appends(broker.routing(), admission, new ProduceForwarder(channels), storage);
        calls.enter();
        ProduceStream opened = new ProduceStream(out, broker.routing(), appends, room, new StickyChoice(), calls);
        calls.add(opened);
        return opened;
    }

    @AfterEach
    void close() throws Exception {
        channels.close();
        directory.close();
    }

    private static ProduceRequest.Builder request(long id, int partition) {
        return request(id, partition, 100);
    }

    private static ProduceRequest.Builder request(long id, int partition, int valueBytes) {
        try {
            return ProduceRequest.newBuilder()
                    .setCorrelationId(id)
                    .setTopic("orders")
                    .setPartition(partition)
                    .setBatch(RecordBatch.parseFrom(TestBroker.batch(Compression.COMPRESSION_NONE, valueBytes, 0, 0)));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void send(ProduceRequest.Builder request) {
        stream.onNext(request.build().toByteArray());
    }

    private List<Long> answered() {
        return call.sent().stream().map(ProduceResponse::getCorrelationId).toList();
    }

    private static ErrorCode code(ProduceResponse answer) {
        return answer.getError().getCode();
    }

    @Test
    void answersWithWhereTheBatchIs() {
        send(request(7, 0));
        send(request(8, 0));

        ProduceResponse answer = call.sent().get(1);
        assertThat(answer.getCorrelationId()).isEqualTo(8);
        assertThat(answer.getAppended().getPartition()).isZero();
        assertThat(answer.getAppended().getBaseOffset()).isEqualTo(2);
        assertThat(answer.getAppended().getNextOffset()).isEqualTo(4);
        assertThat(answer.getAppended().getLeaderEpoch()).isEqualTo(3);
        assertThat(answer.getAppended().getAppendTimeMs())
                .isEqualTo(broker.replicas().nowMs().get());
    }

    @Test
    void answersOnlyWhatIsCommitted() {
        first.hold();
        send(request(1, 0));
        assertThat(call.sent()).isEmpty();

        first.commit();

        assertThat(answered()).containsExactly(1L);
    }

    @Test
    void answersOfOnePartitionComeInTheOrderOfItsBatches() {
        first.hold();
        send(request(1, 0));
        send(request(2, 0).clearBatch()); // refused at once
        send(request(3, 0));
        assertThat(call.sent()).isEmpty();

        first.commit();

        assertThat(answered()).containsExactly(1L, 2L, 3L);
        assertThat(code(call.sent().get(1))).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
    }

    @Test
    void partitionsDoNotWaitForEachOther() {
        first.hold();
        send(request(1, 0));

        send(request(2, 1));

        assertThat(answered()).containsExactly(2L);
    }

    @Test
    void whatIsWrongWithOneMessageIsItsAnswerAndTheCallGoesOn() {
        send(request(1, 0).setTopic("payments"));
        send(request(2, 0).setTopic(""));
        send(request(3, 7));
        send(request(4, 0).setTopicId(ByteString.copyFrom(new byte[16])));
        send(request(5, 0).setAcksValue(99));
        send(request(6, 0).setTimeoutMs(-1));
        send(request(7, 0).setLeaderEpoch(2));
        send(request(8, 0));

        assertThat(call.sent())
                .extracting(ProduceStreamTest::code)
                .containsExactly(
                        ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.ERROR_CODE_INVALID_REQUEST,
                        ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION,
                        ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH,
                        ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE,
                        ErrorCode.ERROR_CODE_INVALID_REQUEST,
                        ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH,
                        ErrorCode.ERROR_CODE_UNSPECIFIED);
        assertThat(call.sent().get(7).hasAppended()).isTrue();
        assertThat(call.isOpen()).isTrue();
    }

    @Test
    void aMessageThatCannotBeReadEndsTheCall() {
        stream.onNext(new byte[] {(byte) 0xff});

        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(calls.count()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void aPartitionLedElsewhereIsNotLedHere() {
        first.follows(2, 4);

        send(request(1, 0).setLeaderOnly(true));

        assertThat(code(call.sent().get(0))).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
        assertThat(call.sent().get(0).getError().getLeader().getEndpoint().getBrokerId())
                .isEqualTo(2);
    }

    @Test
    void aBatchWhoseFateIsOpenIsAnsweredSo() {
        first.hold();
        send(request(1, 0));

        first.end(new ProposeResult.Unknown("the leader stepped down"));

        assertThat(code(call.sent().get(0))).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM);
        assertThat(call.sent().get(0).getError().getAmbiguous()).isTrue();
    }

    @Test
    void aBatchThatContinuesOthersIsNotWrittenWhenOneOfThemWasNot() {
        first.hold();
        send(request(1, 0));
        first.end(new ProposeResult.Refused("handing over"));
        first.commit();
        long end = broker.partition(TestBroker.FIRST).logEnd();

        send(request(2, 0).setLeaderEpoch(3));
        assertThat(broker.partition(TestBroker.FIRST).logEnd()).isEqualTo(end);
        send(request(3, 0));
        send(request(4, 0).setLeaderEpoch(3));

        assertThat(answered()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(code(call.sent().get(1))).isEqualTo(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
        assertThat(call.sent().get(2).hasAppended()).isTrue();
        assertThat(call.sent().get(3).hasAppended()).isTrue();
    }

    @Test
    void aFullDiskTakesNothing() {
        StorageWatch full = new StorageWatch(directory, Long.MAX_VALUE);
        full.check();
        FakeCall<ProduceResponse> other = new FakeCall<>();

        stream(other, memory, full).onNext(request(1, 0).build().toByteArray());

        assertThat(code(other.sent().get(0))).isEqualTo(ErrorCode.ERROR_CODE_STORAGE_FULL);
        assertThat(broker.partition(TestBroker.FIRST).logEnd()).isZero();
    }

    @Test
    void readsTheNextMessageOnceOneHasArrived() {
        assertThat(call.requested()).isOne();

        send(request(1, 0));

        assertThat(call.requested()).isEqualTo(2);
    }

    @Test
    void readsNoFurtherWhileTooMuchIsUnanswered() {
        first.hold();
        for (int i = 0; i < 9; i++) {
            assertThat(call.requested()).isEqualTo(i + 1);
            send(request(i, 0, LARGE / 2));
        }
        assertThat(call.requested()).as("with nine million bytes unanswered").isEqualTo(9);

        first.commit();

        assertThat(call.requested()).isEqualTo(10);
    }

    @Test
    void readsNothingWhileTheBrokerHasNoRoom() {
        ProduceMemory little = new ProduceMemory(10);
        little.take(10);
        FakeCall<ProduceResponse> other = new FakeCall<>();
        var unused = stream(other, little, new StorageWatch(directory, 0));
        assertThat(other.requested()).isZero();

        little.release(1);

        assertThat(other.requested()).isOne();
    }

    @Test
    void readsNothingWhileTheClientTakesNoAnswers() {
        call.block();
        send(request(1, 0));
        assertThat(call.requested()).isOne();

        call.unblock();

        assertThat(call.requested()).isEqualTo(2);
    }

    @Test
    void holdsMemoryUntilTheAnswer() {
        first.hold();
        send(request(1, 0));
        assertThat(memory.usedBytes()).isGreaterThan(200);
        assertThat(stream.isIdle()).isFalse();

        first.commit();

        assertThat(memory.usedBytes()).isZero();
        assertThat(stream.isIdle()).isTrue();
    }

    @Test
    void holdsTheMemoryOfABatchThatIsStillOnItsWayWhenItsTimeIsUp() {
        first.hold();

        send(request(1, 0).setTimeoutMs(1));
        Fleet.await("the answer", stream::isIdle);

        assertThat(code(call.sent().get(0))).isEqualTo(ErrorCode.ERROR_CODE_TIMED_OUT);
        assertThat(memory.usedBytes()).isPositive();
        first.commit();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void halfCloseWaitsForTheAnswers() {
        first.hold();
        send(request(1, 0));
        stream.onCompleted();
        assertThat(call.isOpen()).isTrue();

        first.commit();

        assertThat(answered()).containsExactly(1L);
        assertThat(call.isCompleted()).isTrue();
        assertThat(calls.count()).isZero();
    }

    @Test
    void halfCloseEndsACallThatIsOwedNothing() {
        stream.onCompleted();

        assertThat(call.isCompleted()).isTrue();
        assertThat(calls.count()).isZero();
    }

    @Test
    void whatIsOpenWhenTheCallIsEndedIsAnsweredAsOpen() {
        first.hold();
        send(request(1, 0));
        send(request(2, 0).clearBatch());

        stream.end(FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "shutting down"));

        assertThat(answered()).containsExactly(1L, 2L);
        assertThat(call.sent().get(0).getError().getAmbiguous()).isTrue();
        assertThat(code(call.sent().get(1))).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_DRAINING);
        assertThat(calls.count()).isZero();
    }

    @Test
    void nobodyIsToldAfterTheEndAndTheMemoryComesBack() {
        first.hold();
        send(request(1, 0));
        stream.end(FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "shutting down"));
        int told = call.sent().size();

        first.commit();

        assertThat(call.sent()).hasSize(told);
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void nothingIsAppendedAfterTheEnd() {
        stream.end(FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "shutting down"));

        send(request(1, 0));

        assertThat(broker.partition(TestBroker.FIRST).logEnd()).isZero();
        assertThat(memory.usedBytes()).isZero();
    }

    @Test
    void whatWasSentBeforeACancelIsAppendedAllTheSame() throws Exception {
        first.hold();
        send(request(1, 0));

        call.cancel();
        first.commit();

        assertThat(broker.partition(TestBroker.FIRST).highWatermark()).isEqualTo(2);
        assertThat(call.sent()).isEmpty();
        assertThat(memory.usedBytes()).isZero();
        assertThat(calls.count()).isZero();
    }

    @Test
    void drainingIsSaidAndTheCallGoesOn() {
        stream.drain(Drain.getDefaultInstance());
        send(request(1, 1));

        assertThat(call.sent().get(0).hasDrain()).isTrue();
        assertThat(call.sent().get(1).hasAppended()).isTrue();
    }

    @Test
    void aKeyDecidesTheOnlyPartitionItsBatchesGoTo() {
        for (int i = 0; i < 5; i++) {
            send(request(i, 0).clearPartition().setRoutingKey(ByteString.copyFromUtf8("customer-7")));
        }

        assertThat(call.sent().stream()
                        .map(answer -> answer.getAppended().getPartition())
                        .distinct())
                .hasSize(1);
    }
}
