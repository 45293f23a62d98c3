package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.control.LocalGroup;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.ConsumeRequest.Open;
import io.flotilla.v1.ConsumeRequest.PartitionStart;
import io.flotilla.v1.ConsumeResponse;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.Drain;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Position;
import io.flotilla.v1.TopicPartition;
import io.flotilla.wire.OutboundMessage;
import io.flotilla.wire.RawMethods;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One call to a broker that leads both partitions of {@code orders}; each batch has two records. */
class ConsumeSessionTest {
    private static final int ONE_BATCH = 1; // as max_bytes: one batch is always sent

    private final TestBroker broker = new TestBroker();
    private final LocalGroup first = broker.leads(TestBroker.FIRST, 3);
    private final BrokerChannels channels = new BrokerChannels(1, 1 << 20);
    private final AtomicLong nowMs = new AtomicLong(1000);
    private final OpenCalls calls = new OpenCalls(10);
    private final FakeCall<OutboundMessage> call = new FakeCall<>();
    private final ConsumeSession session = session();

    private ConsumeSession session() {
        CursorStarts starts = new CursorStarts(
                broker.routing(),
                new Sources(broker.routing(), new SharedFetches(channels, 1 << 20)),
                new OffsetLookup(broker.routing(), channels),
                () -> 0L);
        calls.enter();
        ConsumeSession opened =
                new ConsumeSession(call, starts, () -> Instant.ofEpochMilli(nowMs.get()), Runnable::run, calls);
        calls.add(opened);
        return opened;
    }

    @BeforeEach
    void leadTheOtherPartitionToo() {
        broker.leads(TestBroker.SECOND, 3);
    }

    @AfterEach
    void close() {
        channels.close();
    }

    private void append(int batches) {
        for (int i = 0; i < batches; i++) {
            broker.append(TestBroker.FIRST, 1, 2).join();
        }
    }

    private void appendToSecond(int batches) {
        for (int i = 0; i < batches; i++) {
            broker.append(TestBroker.SECOND, 1, 2).join();
        }
    }

    private static PartitionStart from(int partition, long offset) {
        return PartitionStart.newBuilder()
                .setTopic("orders")
                .setPartition(partition)
                .setFrom(Position.newBuilder().setOffset(offset))
                .build();
    }

    private static PartitionStart range(int partition, long from, long until) {
        return from(partition, from).toBuilder()
                .setUntil(Position.newBuilder().setOffset(until))
                .build();
    }

    private static TopicPartition name(int partition) {
        return TopicPartition.newBuilder()
                .setTopic("orders")
                .setPartition(partition)
                .build();
    }

    private static Open.Builder reading(PartitionStart... partitions) {
        return Open.newBuilder().setLeaderOnly(true).addAllPartitions(List.of(partitions));
    }

    private void open(Open.Builder open) {
        session.onNext(ConsumeRequest.newBuilder().setOpen(open).build());
    }

    private void grant(long bytes) {
        session.onNext(ConsumeRequest.newBuilder()
                .setCredit(ConsumeRequest.Credit.newBuilder().setBytes(bytes))
                .build());
    }

    private void assign(PartitionStart start) {
        session.onNext(ConsumeRequest.newBuilder()
                .setAssign(ConsumeRequest.Assign.newBuilder().addPartitions(start))
                .build());
    }

    private List<ConsumeResponse> events() {
        return call.sent().stream().map(ConsumeSessionTest::parse).toList();
    }

    private static ConsumeResponse parse(OutboundMessage message) {
        try (var in = RawMethods.SERVE_CONSUME.streamResponse(message)) {
            return ConsumeResponse.parseFrom(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was sent, in short. */
    private List<String> told() {
        return events().stream().map(ConsumeSessionTest::brief).toList();
    }

    private static String brief(ConsumeResponse event) {
        return switch (event.getEventCase()) {
            case BATCHES ->
                "%d: to %d"
                        .formatted(
                                event.getBatches().getPartition(),
                                event.getBatches().getNextOffset());
            case STARTED ->
                "%d: starts at %d"
                        .formatted(
                                event.getStarted().getPartition(),
                                event.getStarted().getOffset());
            case END ->
                "%d: ends at %d%s"
                        .formatted(
                                event.getEnd().getPartition(),
                                event.getEnd().getNextOffset(),
                                event.getEnd().hasError()
                                        ? " " + event.getEnd().getError().getCode()
                                        : "");
            case CAUGHT_UP ->
                "%d: caught up at %d"
                        .formatted(
                                event.getCaughtUp().getPartition(),
                                event.getCaughtUp().getOffset());
            case HEARTBEAT -> "heartbeat";
            case DRAIN -> "drain";
            case EVENT_NOT_SET -> "nothing";
        };
    }

    private List<String> toldSince(int count) {
        return told().subList(count, told().size());
    }

    @Test
    void saysWhereItStartsThenSendsAllThatIsThere() {
        append(2);

        open(reading(from(0, 2)));

        assertThat(told()).containsExactly("0: starts at 2", "0: to 4", "0: caught up at 4");
        assertThat(events().get(0).getStarted().getLeaderEpoch()).isEqualTo(3);
    }

    @Test
    void sendsWhatIsCommittedLater() {
        open(reading(from(0, 0)));

        append(2);

        assertThat(told()).containsExactly("0: starts at 0", "0: caught up at 0", "0: to 2", "0: to 4");
    }

    @Test
    void sendsNothingThatIsNotCommitted() {
        first.hold();
        var appended = broker.append(TestBroker.FIRST, 1, 2);
        open(reading(from(0, 0)));
        assertThat(told()).containsExactly("0: starts at 0", "0: caught up at 0");

        first.commit();

        assertThat(appended).isCompleted();
        assertThat(told()).contains("0: to 2");
    }

    @Test
    void saysOnceThatItHasCaughtUpUntilItFallsBehind() {
        append(1);
        open(reading(from(0, 0)).setCreditBytes(1).setMaxBytes(ONE_BATCH));
        assertThat(told()).endsWith("0: to 2", "0: caught up at 2");
        append(2);

        grant(1000);

        assertThat(told()).endsWith("0: to 4", "0: to 6", "0: caught up at 6");
    }

    @Test
    void oneMessageOfAnySizeUsesUpALittleCredit() {
        append(3);

        open(reading(from(0, 0)).setCreditBytes(1).setMaxBytes(ONE_BATCH));

        assertThat(told()).containsExactly("0: starts at 0", "0: to 2");
    }

    @Test
    void goesOnWhenItGetsBackTheCreditItAskedFor() {
        append(3);
        open(reading(from(0, 0)).setCreditBytes(1).setMaxBytes(ONE_BATCH));
        Batches sent = events().get(1).getBatches();

        grant(sent.getCreditBytes() - 1);
        assertThat(told()).hasSize(2);
        grant(1);

        assertThat(toldSince(2)).containsExactly("0: to 4");
    }

    @Test
    void withoutCreditOnlyTheConnectionBrakes() {
        append(5);

        open(reading(from(0, 0)).setMaxBytes(ONE_BATCH));

        assertThat(told()).endsWith("0: to 8", "0: to 10", "0: caught up at 10");
        assertThat(events().get(1).getBatches().getCreditBytes()).isZero();
    }

    @Test
    void sendsNoBatchesWhileTheClientTakesNone() {
        append(1);
        call.block();
        open(reading(from(0, 0)));
        assertThat(told()).containsExactly("0: starts at 0");

        call.unblock();

        assertThat(told()).contains("0: to 2");
    }

    @Test
    void readsOneRequestAtATimeAndNoneWhileTheClientTakesNoEvents() {
        assertThat(call.requested()).isEqualTo(1);
        call.block();
        open(reading(from(0, 0)));
        assertThat(call.requested()).isEqualTo(1);

        call.unblock();

        assertThat(call.requested()).isEqualTo(2);
    }

    @Test
    void partitionsTakeTurns() {
        append(2);
        appendToSecond(2);
        call.block();
        open(reading(from(0, 0), from(1, 0)).setMaxBytes(ONE_BATCH));

        call.unblock();

        assertThat(toldSince(2))
                .filteredOn(event -> event.contains("to"))
                .containsExactly("0: to 2", "1: to 2", "0: to 4", "1: to 4");
    }

    @Test
    void aPausedPartitionKeepsItsPlace() {
        open(reading(from(0, 0), from(1, 0)));
        session.onNext(ConsumeRequest.newBuilder()
                .setPause(ConsumeRequest.Pause.newBuilder().addPartitions(name(0)))
                .build());
        append(1);
        appendToSecond(1);
        assertThat(toldSince(4)).containsExactly("1: to 2");

        session.onNext(ConsumeRequest.newBuilder()
                .setResume(ConsumeRequest.Resume.newBuilder().addPartitions(name(0)))
                .build());

        assertThat(toldSince(5)).containsExactly("0: to 2");
    }

    @Test
    void aPartitionThatIsGivenBackSendsNoMore() {
        append(1);
        open(reading(from(0, 0), from(1, 0)));
        int before = told().size();

        session.onNext(ConsumeRequest.newBuilder()
                .setUnassign(ConsumeRequest.Unassign.newBuilder()
                        .addPartitions(name(0))
                        .addPartitions(name(9)))
                .build());
        append(1);

        assertThat(toldSince(before)).containsExactly("0: ends at 2");
        assertThat(call.isOpen()).isTrue();
    }

    @Test
    void assigningAPartitionAgainMovesIt() {
        append(2);
        open(reading(from(0, 0)));
        int before = told().size();

        assign(from(0, 2));
        append(1);

        assertThat(toldSince(before)).containsExactly("0: starts at 2", "0: to 4", "0: caught up at 4", "0: to 6");
    }

    @Test
    void endsWhenAllPartitionsHaveReachedTheirStopPosition() {
        append(2);
        appendToSecond(2);
        open(reading(range(0, 0, 2), range(1, 0, 4)).setMaxBytes(ONE_BATCH));

        assertThat(told()).contains("0: ends at 2", "1: ends at 4");
        assertThat(call.isCompleted()).isTrue();
        assertThat(calls.count()).isZero();
    }

    @Test
    void sendsNothingBeyondTheStopPosition() {
        append(2);

        open(reading(range(0, 0, 3)));

        List<ConsumeResponse> events = events();
        assertThat(events.stream()
                        .flatMap(event -> event.getBatches().getBatchesList().stream())
                        .mapToLong(batch -> batch.getNextOffset())
                        .max())
                .hasValue(3);
        assertThat(told()).endsWith("0: ends at 3");
    }

    @Test
    void aPartitionThatStartsWhereItIsToStopEndsAtOnce() {
        open(reading(range(0, 0, 0)));

        assertThat(told()).containsExactly("0: starts at 0", "0: ends at 0");
        assertThat(call.isCompleted()).isTrue();
    }

    @Test
    void whatIsWrongWithOnePartitionEndsThatPartitionOnly() {
        append(1);

        open(reading(from(7, 0), from(0, 0), from(1, 5)));

        assertThat(told())
                .contains(
                        "7: ends at 0 ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION",
                        "1: ends at 5 ERROR_CODE_OFFSET_OUT_OF_RANGE",
                        "0: to 2");
        assertThat(call.isOpen()).isTrue();
    }

    @Test
    void endsWhenNoPartitionIsLeft() {
        open(reading(from(7, 0)));

        assertThat(told()).containsExactly("7: ends at 0 ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION");
        assertThat(call.isCompleted()).isTrue();
    }

    @Test
    void aRecordTheClientCannotTakeEndsItsPartitionOnly() {
        append(1);

        open(reading(from(0, 0), from(1, 0))
                .setDecode(DecodeOptions.newBuilder().setMaxMessageBytes(1100)));

        assertThat(told()).contains("0: ends at 0 ERROR_CODE_CLIENT_MESSAGE_LIMIT");
        assertThat(call.isOpen()).isTrue();
    }

    @Test
    void aPartitionWhoseLeaderMovedEndsWhereItWas() {
        append(1);
        open(reading(from(0, 0), from(1, 0)));
        int before = told().size();

        first.follows(2, 4);
        broker.partition(TestBroker.FIRST).leadershipChanged();

        assertThat(toldSince(before)).containsExactly("0: ends at 2 ERROR_CODE_NOT_LEADER");
        assertThat(call.isOpen()).isTrue();
    }

    @Test
    void theFirstMessageMustOpen() {
        grant(1);

        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
        assertThat(calls.count()).isZero();
    }

    @Test
    void opensOnce() {
        open(reading(from(0, 0)));

        open(reading(from(1, 0)));

        assertThat(call.failure().description()).contains("open was sent twice");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void creditIsMoreThanNothing(long bytes) {
        open(reading(from(0, 0)).setCreditBytes(1));

        grant(bytes);

        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
    }

    @Test
    void termsOutOfRangeAreRefused() {
        open(reading(from(0, 0)).setMaxBytes((8 << 20) + 1));

        assertThat(call.failure().description()).contains("max_bytes is 8388609");
    }

    @Test
    void aClientThatNeverOpensIsSentAway() {
        session.requireOpen();

        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_TIMED_OUT);
    }

    @Test
    void aClientThatHasOpenedIsNot() {
        open(reading(from(0, 0)));

        session.requireOpen();

        assertThat(call.isOpen()).isTrue();
    }

    @Test
    void aClientMayHalfCloseAndRead() {
        open(reading(from(0, 0)));

        session.onCompleted();
        append(1);

        assertThat(told()).contains("0: to 2");
    }

    @Test
    void halfCloseBeforeAnythingIsAMistake() {
        session.onCompleted();

        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
    }

    @Test
    void aQuietCallGivesASignOfLife() {
        open(reading(from(0, 0)));
        nowMs.addAndGet(9_999);
        session.heartbeat(10_000);
        assertThat(told()).doesNotContain("heartbeat");
        nowMs.addAndGet(1);

        session.heartbeat(10_000);
        session.heartbeat(10_000);

        assertThat(told()).containsExactly("0: starts at 0", "0: caught up at 0", "heartbeat");
    }

    @Test
    void aCallThatSendsNeedsNoOtherSignOfLife() {
        append(3);
        open(reading(from(0, 0)).setCreditBytes(1).setMaxBytes(ONE_BATCH));
        nowMs.addAndGet(9_000);
        grant(events().get(1).getBatches().getCreditBytes());
        nowMs.addAndGet(9_000);

        session.heartbeat(10_000);

        assertThat(told()).containsExactly("0: starts at 0", "0: to 2", "0: to 4");
    }

    @Test
    void drainingIsSaidAndTheCallGoesOn() {
        open(reading(from(0, 0)));

        session.drain(Drain.getDefaultInstance());
        append(1);

        assertThat(told()).contains("drain", "0: to 2");
    }

    @Test
    void endsWithTheErrorItIsEndedWith() {
        open(reading(from(0, 0)));

        session.end(FlotillaException.of(ErrorCode.ERROR_CODE_DRAINING, "shutting down"));
        append(1);

        assertThat(call.failure().code()).isEqualTo(ErrorCode.ERROR_CODE_DRAINING);
        assertThat(told()).containsExactly("0: starts at 0", "0: caught up at 0");
        assertThat(calls.count()).isZero();
    }

    @Test
    void aCancelledCallSendsNoMoreAndLeavesOnce() {
        open(reading(from(0, 0)));

        call.cancel();
        session.onError(new IllegalStateException("cancelled"));
        append(1);
        session.heartbeat(0);
        grant(1);

        assertThat(told()).containsExactly("0: starts at 0", "0: caught up at 0");
        assertThat(calls.count()).isZero();
    }
}
