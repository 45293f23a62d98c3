package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.AppendOutcome.Appended;
import io.flotilla.broker.partition.AppendOutcome.NotLeader;
import io.flotilla.broker.partition.AppendOutcome.Reason;
import io.flotilla.broker.partition.AppendOutcome.Refused;
import io.flotilla.broker.partition.AppendOutcome.Unknown;
import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.log.Log;
import io.flotilla.log.LogException;
import io.flotilla.raft.ProposeResult;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.v1.TimestampType;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AppendQueueTest {
    private static final int JOIN_BYTES = 4000;
    private static final int IN_FLIGHT = 2;
    private static final int QUEUE_BYTES = 64 << 10;
    private static final ProduceConfig CONFIG = new ProduceConfig(8 << 20, QUEUE_BYTES, JOIN_BYTES, IN_FLIGHT);
    private static final int TERM = 7;

    private final List<Proposal> proposals = new ArrayList<>();
    private final List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
    private final Log log;
    private long timeMs = 1000;
    private final InstantSource clock = () -> Instant.ofEpochMilli(timeMs);
    private final AppendQueue queue = queue(Integer.MAX_VALUE);

    AppendQueueTest() throws Exception {
        log = new MemoryLog().open();
    }

    private AppendQueue queue(int maxEntryBytes) {
        AppendQueue.Proposer proposer = (header, payload, term) -> {
            Proposal proposal = new Proposal(header, payload);
            proposals.add(proposal);
            return proposal.result;
        };
        return new AppendQueue(proposer, new NoGate(), CONFIG, maxEntryBytes, clock);
    }

    /** What the queue took to the group, which answers when the test says so. */
    private static final class Proposal {
        private final byte[] header;
        private final byte[] payload;
        private final CompletableFuture<ProposeResult> result = new CompletableFuture<>();

        Proposal(byte[] header, byte[] payload) {
            this.header = header;
            this.payload = payload;
        }

        /** Numbers of the batches. */
        List<Integer> batches() {
            List<Integer> numbers = new ArrayList<>();
            BatchFrame frame;
            for (int at = 0; at < payload.length; at += frame.size()) {
                frame = BatchFrame.read(payload, at, payload.length);
                frame.verifyBody();
                numbers.add(ByteBuffer.wrap(payload, frame.bodyPosition(), 4).getInt());
            }
            return numbers;
        }

        @Override
        public String toString() {
            return batches().toString();
        }
    }

    private static Appended appended(long baseOffset, long nextOffset, long appendTimeMs, int leaderEpoch) {
        return new Appended(new WrittenBatch(baseOffset, nextOffset, appendTimeMs, leaderEpoch), false);
    }

    /** A batch of one record, with a number in it, that becomes a frame of {@code frameBytes}. */
    private static NewBatch batch(int number, int frameBytes) {
        return batch(number, frameBytes, 1);
    }

    private static NewBatch batch(int number, int frameBytes, int records) {
        int length = frameBytes - FrameHeader.BYTES;
        byte[] bytes = new byte[length + 8]; // a request has more than the batch in it
        Arrays.fill(bytes, (byte) 99);
        ByteBuffer.wrap(bytes).putInt(5, number);
        return new NewBatch(
                bytes, 5, length, records, 500, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED, NewBatch.Conditions.NONE);
    }

    private void offer(int number) {
        offer(number, 100);
    }

    private void offer(int number, int frameBytes) {
        offer(batch(number, frameBytes));
    }

    private void offer(NewBatch batch) {
        outcomes.add(queue.offer(batch));
    }

    /** Of the batch that was offered as the {@code index}th. */
    private CompletableFuture<AppendOutcome> outcome(int index) {
        return outcomes.get(index);
    }

    private Proposal proposal(int index) {
        return proposals.get(index);
    }

    /** The group has agreed on the proposal, in the order of the log. */
    private void commit(int index) throws Exception {
        log.append(index, TERM, proposal(index).payload);
        proposal(index).result.complete(new ProposeResult.Committed(index));
    }

    @Test
    void proposesAtOnceWhenNothingIsUnderWay() throws Exception {
        offer(batch(0, 100, 3));

        assertThat(proposals).hasSize(1);
        assertThat(proposal(0).header).isEqualTo(EntryHeader.records(3, 100));
        assertThat(outcome(0)).isNotDone();
        commit(0);
        assertThat(outcome(0)).isCompletedWithValue(appended(0, 3, 1000, TERM));
    }

    @Test
    void joinsWhatComesWhileAnEntryIsUnderWay() throws Exception {
        offer(0);
        offer(batch(1, 200, 3));
        offer(batch(2, 100, 2));
        assertThat(proposals).hasSize(1);
        assertThat(queue.waitingBytes()).isEqualTo(300);

        commit(0);

        assertThat(proposals).hasSize(2);
        assertThat(proposal(1).batches()).containsExactly(1, 2);
        assertThat(proposal(1).header).isEqualTo(EntryHeader.records(5, 300));
        assertThat(queue.waitingBytes()).isZero();
        commit(1);
        assertThat(outcome(1)).isCompletedWithValue(appended(1, 4, 1000, TERM));
        assertThat(outcome(2)).isCompletedWithValue(appended(4, 6, 1000, TERM));
    }

    @Test
    void aQuarterOfAFullEntryDoesNotWaitForTheOneUnderWay() {
        offer(0);
        offer(1, JOIN_BYTES / 4 - 100);
        assertThat(proposals).hasSize(1);

        offer(2);

        assertThat(proposals).hasSize(2);
        assertThat(proposal(1).batches()).containsExactly(1, 2);
    }

    @Test
    void noMoreEntriesAreUnderWayThanMayBe() throws Exception {
        for (int number = 0; number < 6; number++) {
            offer(number, JOIN_BYTES / 4);
        }
        assertThat(proposals).hasSize(IN_FLIGHT);

        commit(0);

        assertThat(proposals).hasSize(IN_FLIGHT + 1);
        assertThat(proposal(2).batches()).containsExactly(2, 3, 4, 5);
    }

    @Test
    void anEntryTakesNoMoreThanItsSizeAndKeepsTheOrder() throws Exception {
        offer(0);
        offer(1, JOIN_BYTES / 4); // early, so that all that follow wait
        offer(2, JOIN_BYTES - 200);
        offer(3, 200);
        offer(4, 100); // would fit the free place of none
        offer(5, JOIN_BYTES);
        offer(6, 100);

        for (int index = 0; index < proposals.size(); index++) {
            commit(index);
        }

        assertThat(proposals)
                .extracting(Proposal::batches)
                .containsExactly(List.of(0), List.of(1), List.of(2, 3), List.of(4), List.of(5), List.of(6));
    }

    @Test
    void aBatchThatIsLargerThanJoinedEntriesGoesAlone() throws Exception {
        offer(0);
        offer(1, 100);
        offer(2, 3 * JOIN_BYTES);
        commit(0);

        assertThat(proposal(1).batches()).containsExactly(1);
        assertThat(proposal(2).batches()).containsExactly(2);
    }

    @Test
    void joinsNoMoreThanTheGroupTakes() throws Exception {
        AppendQueue narrow = queue(250);
        for (int number = 0; number < 4; number++) {
            outcomes.add(narrow.offer(batch(number, 100)));
        }

        commit(0);
        commit(1);

        assertThat(proposals).extracting(Proposal::batches).containsExactly(List.of(0), List.of(1, 2), List.of(3));
    }

    @Test
    void refusesWhatWouldMakeTheQueueLongerThanItMayBe() throws Exception {
        fillInFlight();
        offer(2, QUEUE_BYTES - 100);
        offer(3);

        offer(4);

        assertThat(outcome(4))
                .isCompletedWithValue(
                        new Refused(Reason.OVERLOADED, "65536 bytes wait for this partition; at most 65536 may"));
        assertThat(outcome(3)).isNotDone();
        assertThat(queue.waitingBytes()).isEqualTo(QUEUE_BYTES);
        commit(0);
        offer(5);
        for (int index = 1; index < proposals.size(); index++) {
            commit(index);
        }
        assertThat(proposals)
                .extracting(Proposal::batches)
                .endsWith(List.of(3, 5))
                .doesNotContain(List.of(4));
    }

    @Test
    void takesABatchOfAnySizeWhenNothingWaits() {
        fillInFlight();

        offer(2, 2 * QUEUE_BYTES);

        assertThat(outcome(2)).isNotDone();
        assertThat(queue.waitingBytes()).isEqualTo(2 * QUEUE_BYTES);
    }

    private void fillInFlight() {
        for (int number = 0; number < IN_FLIGHT; number++) {
            offer(number, JOIN_BYTES / 4);
        }
        assertThat(proposals).hasSize(IN_FLIGHT);
    }

    @Test
    void allBatchesOfAnEntryHaveItsFate() throws Exception {
        assertThat(fatesAfter(new ProposeResult.NotLeader(4))).containsOnly(new NotLeader(4));
        assertThat(fatesAfter(new ProposeResult.Refused("handing over")))
                .containsOnly(new Refused(Reason.LEADER_UNAVAILABLE, "handing over"));
        assertThat(fatesAfter(new ProposeResult.Unknown("a new term"))).containsOnly(new Unknown("a new term"));
    }

    /** How two batches end that are one entry, when the group gives {@code result}. */
    private List<AppendOutcome> fatesAfter(ProposeResult result) throws Exception {
        AppendQueueTest fresh = new AppendQueueTest();
        fresh.offer(0);
        fresh.offer(1);
        fresh.offer(2);
        fresh.commit(0);
        assertThat(fresh.proposal(1).batches()).containsExactly(1, 2);
        fresh.proposal(1).result.complete(result);
        return List.of(fresh.outcome(1).join(), fresh.outcome(2).join());
    }

    @Test
    void whatBecameOfAnEntryIsOpenWhenTheGroupFails() {
        offer(0);

        proposal(0).result.completeExceptionally(new IllegalStateException("closed"));

        assertThat(outcome(0)).isCompletedWithValue(new Unknown("closed"));
    }

    @Test
    void whatWaitsBehindAnEntryThatWasNotWrittenIsNotTried() {
        offer(0);
        offer(1);
        offer(2);

        proposal(0).result.complete(new ProposeResult.NotLeader(4));

        assertThat(proposals).hasSize(1);
        assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome).isCompletedWithValue(new NotLeader(4)));
        assertThat(queue.waitingBytes()).isZero();
    }

    @Test
    void whatWaitsBehindAnEntryOfUnknownFateIsCertainlyNotWritten() {
        offer(0);
        offer(1);

        proposal(0).result.complete(new ProposeResult.Unknown("a new term"));

        assertThat(proposals).hasSize(1);
        assertThat(outcome(0)).isCompletedWithValue(new Unknown("a new term"));
        assertThat(outcome(1))
                .isCompletedWithValue(new Refused(
                        Reason.LEADER_UNAVAILABLE, "not tried, as a batch before it may be lost: a new term"));
    }

    @Test
    void whatIsUnderWayWhenAnEntryFailsHasAFateOfItsOwn() throws Exception {
        fillInFlight();

        proposal(0).result.complete(new ProposeResult.Unknown("a new term"));

        assertThat(outcome(1)).isNotDone();
        commit(1);
        assertThat(outcome(1)).isCompletedWithValue(appended(0, 1, 1000, TERM));
    }

    @Test
    void takesWhatIsOfferedAfterAFailure() throws Exception {
        offer(0);
        offer(1);
        proposal(0).result.complete(new ProposeResult.Refused("handing over"));

        offer(2);
        commit(1);

        assertThat(proposal(1).batches()).containsExactly(2);
        assertThat(outcome(2)).isCompletedWithValue(appended(0, 1, 1000, TERM));
    }

    @Test
    void entriesMayBeAnsweredInAnyOrder() throws Exception {
        fillInFlight();
        offer(2, JOIN_BYTES / 4);
        log.append(0, TERM, proposal(0).payload);
        log.append(1, TERM, proposal(1).payload);

        proposal(1).result.complete(new ProposeResult.Committed(1));

        assertThat(outcome(0)).isNotDone();
        assertThat(outcome(1)).isCompletedWithValue(appended(1, 2, 1000, TERM));
        assertThat(proposal(2).batches()).containsExactly(2);
    }

    @Test
    void answersThatAreThereAtOnceAreNotNestedInEachOther() throws Exception {
        CompletableFuture<ProposeResult> first = new CompletableFuture<>();
        AtomicInteger proposed = new AtomicInteger();
        AppendQueue fast = new AppendQueue(
                (header, payload, term) -> {
                    int index = proposed.getAndIncrement();
                    appendToLog(index, payload);
                    return index == 0 ? first : CompletableFuture.completedFuture(new ProposeResult.Committed(index));
                },
                new NoGate(),
                new ProduceConfig(64 << 20, 64 << 20, 1 << 10, 1),
                Integer.MAX_VALUE,
                clock);
        int entries = 20_000;
        for (int number = 0; number < entries; number++) {
            outcomes.add(fast.offer(batch(number, 1000)));
        }

        first.complete(new ProposeResult.Committed(0));

        assertThat(proposed).hasValue(entries);
        assertThat(outcome(entries - 1)).isCompletedWithValue(appended(entries - 1, entries, 1000, TERM));
        assertThat(fast.waitingBytes()).isZero();
    }

    private void appendToLog(int index, byte[] payload) {
        try {
            log.append(index, TERM, payload);
        } catch (LogException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void appendTimesDoNotGoBackWhenTheClockDoes() throws Exception {
        offer(0);
        timeMs = 400;
        offer(1);
        commit(0);
        timeMs = 1200;
        offer(2);

        commit(1);
        commit(2);

        assertThat(outcome(1)).isCompletedWithValue(appended(1, 2, 1000, TERM));
        assertThat(outcome(2)).isCompletedWithValue(appended(2, 3, 1200, TERM));
    }

    @Test
    @Timeout(60)
    void othersMayUseTheQueueWhileAnEntryIsProposedAndWhileItIsAnswered() {
        CompletableFuture<ProposeResult> result = new CompletableFuture<>();
        List<Long> seen = new ArrayList<>();
        List<AppendQueue> self = new ArrayList<>();
        self.add(new AppendQueue(
                (header, payload, term) -> {
                    seen.add(waitingBytesSeenByAnother(self.get(0)));
                    return result;
                },
                new NoGate(),
                CONFIG,
                Integer.MAX_VALUE,
                clock));
        outcomes.add(self.get(0).offer(batch(0, 100)));
        CompletableFuture<Boolean> answered =
                outcome(0).thenApply(done -> seen.add(waitingBytesSeenByAnother(self.get(0))));

        result.complete(new ProposeResult.Refused("not now"));

        assertThat(answered).isCompleted();
        assertThat(seen).containsExactly(0L, 0L);
    }

    private static long waitingBytesSeenByAnother(AppendQueue queue) {
        return CompletableFuture.supplyAsync(queue::waitingBytes).join();
    }

    @Test
    void aProposerThatThrowsLeavesTheOutcomeOpenAndTheQueueUsable() {
        AtomicInteger calls = new AtomicInteger();
        AppendQueue.Proposer throwsOnce = (header, payload, term) -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("not now");
            }
            return CompletableFuture.completedFuture(new ProposeResult.NotLeader(3));
        };
        AppendQueue queue = new AppendQueue(throwsOnce, new NoGate(), CONFIG, Integer.MAX_VALUE, clock);

        assertThat(queue.offer(batch(1, 100))).isCompletedWithValue(new Unknown("not now"));
        assertThat(queue.offer(batch(2, 100))).isCompletedWithValue(new NotLeader(3));
    }
}
