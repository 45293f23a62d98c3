package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.AppendOutcome.Appended;
import io.flotilla.broker.partition.AppendOutcome.NotLeader;
import io.flotilla.broker.producer.Producers;
import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.log.CorruptBatchException;
import io.flotilla.log.Log;
import io.flotilla.log.LogClosedException;
import io.flotilla.log.LogException;
import io.flotilla.log.OffsetOutOfRangeException;
import io.flotilla.log.TimeAndOffset;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.TermIndex;
import io.flotilla.v1.TimestampType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PartitionTest {
    private static final PartitionId ID = new PartitionId(TopicId.parse("0f8fad5b-d9cb-469f-a165-708677280000"), 3);
    private static final int TERM = 5;

    private final MemoryLog memory = new MemoryLog();
    private final List<String> events = new ArrayList<>();
    private final List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
    private final Group group = new Group();
    private final Log log;
    private final Partition partition;

    PartitionTest() throws Exception {
        log = memory.open();
        partition = partition(log);
        partition.joined(group);
        events.clear();
    }

    private static Producers producers(Log of) {
        try {
            return MemoryLog.producers(of);
        } catch (LogException e) {
            throw new AssertionError(e);
        }
    }

    private static Appended appended(long baseOffset, long nextOffset, long appendTimeMs, int leaderEpoch) {
        return new Appended(new WrittenBatch(baseOffset, nextOffset, appendTimeMs, leaderEpoch), false);
    }

    private Partition partition(Log of) {
        return new Partition(
                ID,
                of,
                producers(of),
                ProduceConfig.DEFAULT,
                1 << 20,
                () -> Instant.ofEpochMilli(1000),
                new Partition.Events() {
                    @Override
                    public void leadershipChanged(Partition changed) {
                        events.add("leadership of " + changed);
                    }

                    @Override
                    public void behind(Partition partition) {}

                    @Override
                    public void failed(Partition failed, Throwable cause) {
                        events.add("failure of %s: %s".formatted(failed, cause.getMessage()));
                    }
                });
    }

    /** A group of one member that leads, and agrees on entries when the test says so. */
    private final class Group implements RaftGroup {
        private final List<byte[]> headers = new ArrayList<>();
        private final List<CompletableFuture<ProposeResult>> results = new ArrayList<>();
        private final List<Throwable> failures = new ArrayList<>();

        /** As a leader does: stores the entry and agrees on it. */
        void commitNext() throws Exception {
            long index = stored();
            partition.payloads().flush();
            partition.apply(new TermIndex(TERM, index), headers.get((int) index));
            results.get((int) index).complete(new ProposeResult.Committed(index));
        }

        private long stored() {
            return results.stream().filter(CompletableFuture::isDone).count();
        }

        @Override
        public CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
            if (payload.length > 0) {
                partition.payloads().write(new TermIndex(TERM, headers.size()), payload);
            }
            headers.add(header);
            results.add(new CompletableFuture<>());
            return results.get(results.size() - 1);
        }

        @Override
        public GroupId id() {
            return ID.groupId();
        }

        @Override
        public Leadership leadership() {
            return new Leadership(Leadership.Role.LEADER, TERM, 1, true);
        }

        @Override
        public CompletableFuture<Void> onEveryMember(long index) {
            return new CompletableFuture<>();
        }

        @Override
        public void spreadCommit() {}

        @Override
        public void fail(Throwable cause) {
            failures.add(cause);
        }

        @Override
        public CompletableFuture<Void> transferLeadership(int nodeId, Duration timeout) {
            return new CompletableFuture<>();
        }

        @Override
        public CompletableFuture<Void> changeMembers(Members from, Members to) {
            return new CompletableFuture<>();
        }

        @Override
        public void campaign() {}

        @Override
        public void forget() {}

        @Override
        public long firstKept() {
            return 0;
        }

        @Override
        public GroupStatus status() {
            return new GroupStatus(leadership(), TermIndex.NONE, -1, -1, -1, Map.of());
        }

        @Override
        public Members members() {
            return new Members(List.of(), List.of());
        }
    }

    private void append(int records, long timestampMs) {
        outcomes.add(partition.append(new NewBatch(
                new byte[60],
                0,
                60,
                records,
                timestampMs,
                TimestampType.TIMESTAMP_TYPE_UNSPECIFIED,
                NewBatch.Conditions.NONE)));
    }

    private void appended(int records, long timestampMs) throws Exception {
        append(records, timestampMs);
        group.commitNext();
    }

    @Test
    void doesNotLeadBeforeItHasJoinedItsGroup() throws Exception {
        Partition alone = partition(new MemoryLog().open());

        CompletableFuture<AppendOutcome> outcome = alone.append(new NewBatch(
                new byte[60], 0, 60, 1, 0, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED, NewBatch.Conditions.NONE));

        assertThat(outcome).isCompletedWithValue(new NotLeader(Leadership.NO_LEADER));
        assertThat(alone.leadership()).isEqualTo(Leadership.INACTIVE);
        assertThat(alone.status()).isEmpty();
        assertThat(alone.transferLeadership(1, Duration.ofSeconds(1))).isCompletedExceptionally();
        alone.leaveIfBroken();
        alone.joined(group);
        assertThat(alone.leadership().leads()).isTrue();
        assertThat(events).containsExactly("leadership of " + ID);
    }

    @Test
    void whatWasAppendedCanBeReadAsItWasAcknowledged() throws Exception {
        appended(2, 900);

        appended(3, 900);

        assertThat(outcomes.get(1)).isCompletedWithValue(appended(2, 5, 1000, TERM));
        assertThat(partition.highWatermark()).isEqualTo(5);
        assertThat(partition.read(0, 1 << 20).nextOffset()).isEqualTo(5);
        assertThat(partition.read(4, 1).firstOffset()).isEqualTo(2);
        assertThat(partition.read(5, 1).isEmpty()).isTrue();
    }

    @Test
    void whatIsNotAgreedOnCannotBeRead() throws Exception {
        appended(2, 900);
        append(3, 900);
        partition.payloads().flush();

        assertThat(partition.logEnd()).isEqualTo(5);
        assertThat(partition.highWatermark()).isEqualTo(2);
        assertThat(partition.read(0, 1 << 20).nextOffset()).isEqualTo(2);
        assertThat(partition.read(2, 1 << 20).isEmpty()).isTrue();
        assertThatExceptionOfType(OffsetOutOfRangeException.class).isThrownBy(() -> partition.read(3, 1 << 20));
    }

    @Test
    void whatIsNotAgreedOnIsNotFoundByTime() throws Exception {
        appended(2, 900);
        append(3, 950);

        assertThat(partition.firstBatchAtOrAfter(901)).isEmpty();
        group.commitNext();
        assertThat(partition.firstBatchAtOrAfter(901)).contains(new TimeAndOffset(950, 2));
    }

    @Test
    void aReaderIsWokenOnceThereIsSomethingToRead() throws Exception {
        List<String> woken = new ArrayList<>();
        appended(2, 900);
        partition.whenReadable(1, () -> woken.add("below"));
        assertThat(woken).containsExactly("below");
        partition.whenReadable(2, () -> woken.add("at the end"));
        Runnable forget = partition.whenReadable(2, () -> woken.add("gone"));
        append(3, 900);
        assertThat(woken).containsExactly("below");

        forget.run();
        group.commitNext();
        appended(1, 900);

        assertThat(woken).containsExactly("below", "at the end");
    }

    @Test
    void readersFindOutWhenItStopsServing() throws Exception {
        List<String> woken = new ArrayList<>();

        partition.whenReadable(0, () -> woken.add("leadership"));
        partition.leadershipChanged();
        assertThat(woken).containsExactly("leadership");
        partition.whenReadable(0, () -> woken.add("failure"));
        partition.failed(new IOException("disk"));
        assertThat(woken).containsExactly("leadership", "failure");
        partition.whenReadable(0, () -> woken.add("close"));
        partition.close();
        assertThat(woken).containsExactly("leadership", "failure", "close");

        assertThat(events).containsExactly("leadership of " + ID, "failure of %s: disk".formatted(ID));
        assertThatExceptionOfType(LogClosedException.class).isThrownBy(() -> partition.read(0, 1));
    }

    @Test
    void anEntryOfAKindItDoesNotKnowIsNotApplied() throws Exception {
        append(2, 900);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> partition.apply(new TermIndex(TERM, 0), new byte[] {2, 0}));
        assertThat(partition.highWatermark()).isZero();
    }

    @Test
    void aTrimHidesWhatIsBeforeItOnceItIsAgreedOn() throws Exception {
        appended(2, 900);
        appended(3, 950);
        CompletableFuture<ProposeResult> trim = partition.trim(3);
        assertThat(partition.logStart()).isZero();

        group.commitNext();

        assertThat(trim).isCompletedWithValue(new ProposeResult.Committed(2));
        assertThat(partition.logStart()).isEqualTo(3);
        assertThat(partition.highWatermark()).isEqualTo(5);
        assertThat(partition.read(3, 1 << 20).firstOffset()).isEqualTo(2);
        assertThatExceptionOfType(OffsetOutOfRangeException.class).isThrownBy(() -> partition.read(2, 1 << 20));
        appended(1, 960);
        assertThat(partition.highWatermark()).isEqualTo(6);
        assertThat(partition.payloads().read(0))
                .as("for a replica that is behind")
                .isNotEmpty();
    }

    @Test
    void aTrimNeverGoesBackAndIsKeptOverARestart() throws Exception {
        appended(2, 900);
        appended(3, 900);
        for (long offset : new long[] {4, 1}) {
            var unused = partition.trim(offset);
            group.commitNext();
        }

        assertThat(partition.logStart()).isEqualTo(4);
        partition.storedMark().confirm(3);
        Partition again = partition(memory.afterKill().open());
        assertThat(again.logStart()).isEqualTo(4);
        assertThat(again.startsAfter()).isEqualTo(new TermIndex(TERM, 1));
        again.apply(new TermIndex(TERM, 2), group.headers.get(2));
        again.apply(new TermIndex(TERM, 3), group.headers.get(3));
        assertThat(again.logStart()).isEqualTo(4);
        assertThat(again.highWatermark()).isEqualTo(5);
    }

    @Test
    void leavesItsGroupWhenAReadFindsItsLogDamaged() throws Exception {
        appended(2, 900);
        partition.leaveIfBroken();
        assertThat(group.failures).isEmpty();
        memory.disk().damage(memory.firstSegment(), bytes -> {
            bytes[80] ^= 1;
            return bytes;
        });

        assertThatExceptionOfType(CorruptBatchException.class).isThrownBy(() -> partition.read(0, 1 << 20));
        partition.leaveIfBroken();

        assertThat(group.failures).hasSize(1).first().isInstanceOf(CorruptBatchException.class);
    }

    @Test
    void afterARestartWhatIsAgreedOnAgainCanBeReadAgain() throws Exception {
        appended(2, 900);
        appended(3, 900);
        appended(1, 900);
        Partition again = partition(memory.afterKill().open());
        assertThat(again.highWatermark()).isZero();

        again.apply(new TermIndex(TERM, 0), group.headers.get(0));
        again.apply(new TermIndex(TERM, 1), group.headers.get(1));

        assertThat(again.highWatermark()).isEqualTo(5);
        assertThat(again.read(0, 1 << 20).nextOffset()).isEqualTo(5);
        again.apply(new TermIndex(TERM, 2), group.headers.get(2));
        assertThat(again.highWatermark()).isEqualTo(6);
    }

    @Test
    void afterARestartWhatCountsAsStoredCanBeReadAtOnce() throws Exception {
        appended(2, 900);
        appended(3, 900);
        append(1, 900);
        partition.payloads().flush();
        partition.storedMark().confirm(1);
        Partition again = partition(memory.afterKill().open());

        assertThat(again.startsAfter()).isEqualTo(new TermIndex(TERM, 1));

        assertThat(again.highWatermark()).isEqualTo(5);
        assertThat(again.logEnd()).isEqualTo(6);
    }

    @Test
    void aWaitThatCannotBeSetUpIsNotKept() throws Exception {
        for (int i = 0; i < 3; i++) {
            log.append(i, TERM, memory.frame(2));
        }
        log.flush();
        log.close();
        Log again = memory.open();
        Partition reopened = partition(again);
        reopened.apply(new TermIndex(TERM, 0), EntryHeader.records(2, 112));
        again.close();

        assertThatExceptionOfType(LogClosedException.class)
                .isThrownBy(() -> reopened.whenReadable(5, () -> events.add("woken")));
        reopened.leadershipChanged();

        assertThat(events).doesNotContain("woken");
    }
}
