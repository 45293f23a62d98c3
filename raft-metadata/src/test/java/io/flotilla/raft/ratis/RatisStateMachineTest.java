package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.MemoryMachine;
import io.flotilla.raft.NothingApplied;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.StateMachineEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RatisStateMachineTest {
    private final MemoryMachine machine = new MemoryMachine();
    private final List<Throwable> failures = new ArrayList<>();
    private long term = 1;
    private final RatisStateMachine adapter = adapter(machine);

    @BeforeAll
    static void patch() {
        RatisPatches.apply();
    }

    /** Never forgets. */
    private static final class WholeLog implements RatisStateMachine.Beginning {
        @Override
        public TermIndex remembered() {
            return TermIndex.NONE;
        }

        @Override
        public TermIndex fileEndUpTo(long index) {
            return TermIndex.NONE;
        }

        @Override
        public void remember(TermIndex at) {}
    }

    private RatisStateMachine adapter(GroupStateMachine driven) {
        return new RatisStateMachine(driven, 10, new WholeLog(), () -> term, failures::add);
    }

    private static LogEntryProto entry(long index) {
        ByteString text = ByteString.copyFromUtf8("entry " + index);
        return LogEntryProto.newBuilder()
                .setTerm(1)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setLogData(text)
                        .setStateMachineEntry(
                                StateMachineEntryProto.newBuilder().setStateMachineData(text)))
                .build();
    }

    private void write(long index) {
        var unused = adapter.write(entry(index), adapter.startTransaction(entry(index), RaftPeerRole.FOLLOWER));
    }

    private static void apply(RatisStateMachine to, long index) {
        var unused = to.applyTransaction(to.startTransaction(entry(index), RaftPeerRole.FOLLOWER));
    }

    @Test
    void whatIsFlushedButNotCommittedDoesNotCountAsStored() {
        write(1);
        write(2);

        assertThat(adapter.flush(2)).isCompleted();
        assertThat(adapter.flush(2)).isCompleted();

        assertThat(machine.storedIndex()).isEqualTo(StoredMark.NOTHING);
    }

    @Test
    void whatIsAppliedCountsAsStored() {
        write(1);
        apply(adapter, 1);

        assertThat(machine.storedIndex()).isEqualTo(1);
        assertThat(machine.applied()).containsExactly("entry 1");
    }

    @Test
    void entriesThatConcernOnlyRaftCountToo() {
        adapter.notifyTermIndexUpdated(1, 4);

        assertThat(machine.storedIndex()).isEqualTo(4);
    }

    @Test
    void whatIsNotCommittedMayBeCut() {
        write(1);
        apply(adapter, 1);
        write(2);
        write(3);

        assertThat(adapter.truncate(2)).isCompleted();

        assertThat(machine.kept()).containsExactly("entry 1");
        assertThat(failures).isEmpty();
    }

    @Test
    void aCutOfWhatIsCommittedTakesTheMemberOutOfService() {
        write(1);
        write(2);
        apply(adapter, 1);

        assertThat(adapter.truncate(1)).isCompletedExceptionally();

        assertThat(machine.kept()).containsExactly("entry 1", "entry 2");
        assertThat(failures)
                .singleElement()
                .satisfies(f -> assertThat(f)
                        .hasMessageContaining("another entry 1")
                        .hasMessageContaining("up to 1 were committed here"));
    }

    @Test
    void anEntryThatCannotBeAppliedTakesTheMemberOutOfServiceAndIsNotCounted() {
        NothingApplied broken = new NothingApplied();

        assertThatThrownBy(() -> apply(adapter(broken), 1)).hasMessageContaining("cannot be applied");

        assertThat(failures).singleElement().satisfies(f -> assertThat(f).hasMessageContaining("cannot be applied"));
        assertThat(broken.storedMark().storedIndex()).isEqualTo(StoredMark.NOTHING);
    }

    @Test
    void aFailedFlushIsReportedOnBothSides() {
        machine.failNextFlush(new IOException("injected: no space"));

        assertThat(adapter.flush(1)).isCompletedExceptionally();
        assertThat(failures).singleElement().satisfies(f -> assertThat(f).hasMessageContaining("no space"));
    }

    @Test
    void aFlushThatReturnsAfterTheMemberWasGivenUpFails() {
        adapter.giveUp();

        assertThat(adapter.flush(1)).isCompletedExceptionally();
        assertThat(failures).isEmpty();
    }

    @Test
    void aPayloadInFlightIsReadFromThereAndAnOlderOneFromTheStore() {
        write(1);

        assertThat(adapter.read(entry(1), null).join().toStringUtf8()).isEqualTo("entry 1");
        assertThat(adapter.read(entry(2), adapter.startTransaction(entry(2), RaftPeerRole.LEADER)))
                .as("a follower keeps no payload in flight, and entry 2 was never written")
                .isCompletedExceptionally();
        assertThat(failures).hasSize(1);
    }

    @Test
    void aMemberThatRatisClosesByItselfHasFailed() {
        adapter.close();

        assertThat(failures).singleElement().satisfies(f -> assertThat(f).hasMessageContaining("closed the member"));
    }

    @Test
    void aMemberThatWeCloseHasNotFailed() {
        adapter.expectClose();

        adapter.close();

        assertThat(failures).isEmpty();
    }

    @Test
    void payloadsAreSharedWhereTheyAreOneArrayAndCopiedWhereTheyAreNot() {
        byte[] bytes = "one array".getBytes(StandardCharsets.UTF_8);
        ByteString whole = PayloadBytes.wrap(bytes);

        assertThat(PayloadBytes.unwrap(whole)).isSameAs(bytes);
        assertThat(PayloadBytes.unwrap(whole.substring(4))).isEqualTo("array".getBytes(StandardCharsets.UTF_8));
        assertThat(PayloadBytes.unwrap(whole.concat(PayloadBytes.wrap(new byte[200]))))
                .hasSize(209);
        assertThat(PayloadBytes.unwrap(ByteString.EMPTY)).isEmpty();
    }
}
