package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.partition.ReplicaState.Kind;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Node 3 is the member; node 2 leads. */
class MemberLifeTest {
    private static final GroupId ID = new GroupId(new UUID(1, 2));
    private static final Peer SELF = FakePeers.peer(3);
    private static final List<Peer> PEERS = FakePeers.peers(1, 2, 3);
    private static final List<Peer> OTHERS = FakePeers.peers(1, 2);

    private final FakePeers nodes = new FakePeers();
    private final LocalGroup group = LocalGroup.idle(ID).has(PEERS, List.of());
    private final Loop loop = new Loop("member-life-test");
    private final List<String> steps = new ArrayList<>();
    private final Files files = new Files();
    private final FakeMember member = new FakeMember(files);

    /** What survives a crash. */
    private static final class Files {
        private boolean present = true;
        private MemberPhase phase = MemberPhase.NEW;
    }

    private final class FakeMember implements MemberLife.Member {
        private final Files files;
        private final List<ReplicaState> shown = new CopyOnWriteArrayList<>();
        private final Deque<Throwable> openFailures = new ArrayDeque<>();
        private final Deque<Throwable> copyFailures = new ArrayDeque<>();
        private boolean behind;
        private boolean open;
        private volatile @Nullable Throwable failure;
        private boolean votes = true;
        private boolean wanted = true;
        private boolean diskFull;
        private boolean fillsTheDisk;
        private int stepsLeft = Integer.MAX_VALUE;

        FakeMember(Files files) {
            this.files = files;
        }

        private void step(String step) {
            if (stepsLeft == 0) {
                wanted = false;
                throw new IllegalStateException("the process is gone");
            }
            stepsLeft--;
            steps.add(step);
        }

        private void fails(String why) {
            failure = new IOException(why);
            show(ReplicaState.failed(why));
        }

        private List<Kind> states() {
            return shown.stream().map(ReplicaState::kind).distinct().toList();
        }

        @Override
        public boolean hasFiles() {
            return files.present;
        }

        @Override
        public CompletableFuture<Void> open(boolean joins) {
            step(joins ? "open to join" : "open");
            if (!openFailures.isEmpty()) {
                return CompletableFuture.failedFuture(openFailures.remove());
            }
            open = true;
            diskFull = fillsTheDisk;
            files.present = true;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public Optional<Throwable> failure() {
            return Optional.ofNullable(failure);
        }

        @Override
        public void fail(Throwable cause) {
            if (open) {
                steps.add("leaves service");
            }
        }

        @Override
        public boolean isBehind() {
            return open && behind;
        }

        @Override
        public CompletableFuture<Void> stop() {
            if (open) {
                step("stop");
            }
            open = false;
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> copy(boolean begun) {
            if (files.phase != MemberPhase.JOINING) {
                step(begun ? "go on copying" : "copy");
            }
            behind = false;
            return copyFailures.isEmpty()
                    ? CompletableFuture.completedFuture(null)
                    : CompletableFuture.failedFuture(copyFailures.remove());
        }

        @Override
        public void record(MemberPhase phase) throws IOException {
            if (diskFull) {
                throw new IOException("no space left");
            }
            step("record " + phase);
            files.phase = phase;
        }

        @Override
        public void setFilesAside() {
            step("set aside");
            assertThat(group.members().contains(SELF.nodeId()))
                    .as("in the group while its files go")
                    .isFalse();
            files.present = false;
        }

        @Override
        public List<Peer> peers() {
            return PEERS;
        }

        @Override
        public boolean votes() {
            return votes;
        }

        @Override
        public void show(ReplicaState state) {
            shown.add(state);
        }

        @Override
        public boolean isWanted() {
            return wanted;
        }
    }

    @BeforeEach
    void aGroupOfThreeLedByTheSecond() {
        var unused = new Membership(nodes.at(2), id -> Optional.of(group));
        group.leads(2, 1).onMembers(now -> steps.add(change(now)));
    }

    private static String change(RaftGroup.Members now) {
        if (now.voters().contains(SELF)) {
            return "taken in";
        }
        return now.listeners().contains(SELF) ? "taken in without a vote" : "taken out";
    }

    @AfterEach
    void close() {
        loop.close();
    }

    private static UntrustedLogException untrusted() {
        return new UntrustedLogException("entries 7 to 9 are gone");
    }

    private CompletableFuture<Void> begin(FakeMember begun, MemberPhase phase) {
        return life(begun).begin(phase);
    }

    private MemberLife life(FakeMember of) {
        Membership membership = new Membership(nodes.at(3), id -> Optional.empty());
        return new MemberLife(ID, "orders/0", SELF, membership, Runnable::run, loop, of);
    }

    @Test
    void aNewMemberOpensEmptyAndIsAMemberFromThenOn() {
        files.present = false;

        begin(member, MemberPhase.NEW).join();

        assertThat(steps).containsExactly("record NEW", "open", "record MEMBER");
        assertThat(member.states()).containsExactly(Kind.SERVING);
    }

    @Test
    void aMemberOpensWhatItHas() {
        begin(member, MemberPhase.MEMBER).join();

        assertThat(steps).containsExactly("open");
        assertThat(member.states()).containsExactly(Kind.SERVING);
    }

    @Test
    void aMemberThatTheLeaderCannotSendWhatItLacksCopiesItAndGoesOn() {
        begin(member, MemberPhase.MEMBER).join();
        member.behind = true;

        life(member).catchUp().join();

        assertThat(steps).containsExactly("open", "stop", "copy", "record MEMBER", "open");
        assertThat(member.states()).containsExactly(Kind.SERVING, Kind.REBUILDING);
        assertThat(member.shown).last().isEqualTo(ReplicaState.SERVING);
    }

    @Test
    void aMemberThatCannotCopyNowServesWithWhatItHas() {
        begin(member, MemberPhase.MEMBER).join();
        member.copyFailures.add(new IOException("no leader was found"));

        life(member).catchUp().join();

        assertThat(steps).endsWith("copy", "record MEMBER", "open");
        assertThat(member.shown).last().isEqualTo(ReplicaState.SERVING);
    }

    @Test
    void aMemberThatFailedForAReasonThatIsGoneIsOpenedAgain() {
        begin(member, MemberPhase.MEMBER).join();

        life(member).reopen().join();

        assertThat(steps).containsExactly("open", "stop", "open");
        assertThat(member.shown).last().isEqualTo(ReplicaState.SERVING);
    }

    @Test
    void aCopyThatTheEndOfTheProcessInterruptedIsEndedBeforeTheMemberOpens() {
        begin(member, MemberPhase.CATCHING_UP).join();

        assertThat(steps).containsExactly("go on copying", "record MEMBER", "open");
    }

    @Test
    void aMemberWithoutFilesIsNotOpenedEmptyButTakenOutFirst() {
        files.present = false;

        begin(member, MemberPhase.MEMBER).join();

        assertThat(steps)
                .containsExactly(
                        "record LEAVING",
                        "taken out",
                        "set aside",
                        "record JOINING",
                        "open to join",
                        "taken in",
                        "record MEMBER");
        assertThat(member.states()).containsExactly(Kind.QUARANTINED, Kind.REBUILDING, Kind.SERVING);
    }

    @ParameterizedTest
    @EnumSource(names = {"NEW", "MEMBER"})
    void aMemberWhoseFilesCannotBeTrustedIsTakenOutBeforeTheyAreSetAside(MemberPhase phase) {
        member.openFailures.add(untrusted());

        begin(member, phase).join();

        assertThat(steps)
                .containsSubsequence(
                        "open",
                        "record LEAVING",
                        "taken out",
                        "set aside",
                        "record JOINING",
                        "open to join",
                        "taken in",
                        "record MEMBER");
        assertThat(member.states()).containsExactly(Kind.QUARANTINED, Kind.REBUILDING, Kind.SERVING);
    }

    @Test
    void saysWhyItIsQuarantinedAndRebuilt() {
        member.openFailures.add(untrusted());

        begin(member, MemberPhase.MEMBER).join();

        assertThat(member.shown)
                .contains(
                        ReplicaState.quarantined("entries 7 to 9 are gone"),
                        ReplicaState.rebuilding("entries 7 to 9 are gone"));
    }

    @Test
    void anyOtherFailureToOpenIsShownAndTheGroupIsLeftAlone() {
        member.openFailures.add(new IOException("the disk does not answer"));

        begin(member, MemberPhase.MEMBER).join();

        assertThat(steps).containsExactly("open");
        assertThat(member.shown).containsExactly(ReplicaState.failed("the disk does not answer"));
    }

    @Test
    void whoStartsAgainWhileLeavingIsTakenOutAndItsFilesAreNotOpened() {
        begin(member, MemberPhase.LEAVING).join();

        assertThat(steps)
                .containsExactly(
                        "record LEAVING",
                        "taken out",
                        "set aside",
                        "record JOINING",
                        "open to join",
                        "taken in",
                        "record MEMBER");
    }

    @Test
    void whoWasTakenOutBeforeItStoppedGoesOnFromThere() {
        group.has(OTHERS, List.of());

        begin(member, MemberPhase.LEAVING).join();

        assertThat(steps)
                .containsExactly(
                        "record LEAVING", "set aside", "record JOINING", "open to join", "taken in", "record MEMBER");
    }

    @Test
    void whoStartsAgainWhileJoiningKeepsWhatItHasReceived() {
        group.has(OTHERS, List.of());

        begin(member, MemberPhase.JOINING).join();

        assertThat(steps).containsExactly("record JOINING", "open to join", "taken in", "record MEMBER");
        assertThat(member.states()).containsExactly(Kind.REBUILDING, Kind.SERVING);
    }

    @Test
    void whoHadNoVoteComesBackWithoutOne() {
        group.has(OTHERS, FakePeers.peers(3));
        files.present = false;
        member.votes = false;

        begin(member, MemberPhase.MEMBER).join();

        assertThat(steps).contains("taken out", "taken in without a vote").doesNotContain("taken in");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void whereverItStopsItGoesOnFromThePhaseItHadWrittenDown(int stepsTaken) {
        files.phase = MemberPhase.MEMBER;
        member.openFailures.add(untrusted());
        member.stepsLeft = stepsTaken;
        assertThat(begin(member, MemberPhase.MEMBER)).isDone();
        boolean trustedOnce = stepsTaken <= 1; // nothing was written down: the files are looked at again
        FakeMember next = new FakeMember(files);
        if (trustedOnce) {
            next.openFailures.add(untrusted());
        }

        begin(next, files.phase).join();

        assertThat(next.states()).endsWith(Kind.SERVING);
        assertThat(files.phase).isEqualTo(MemberPhase.MEMBER);
        assertThat(group.members().voters()).containsExactlyInAnyOrderElementsOf(PEERS);
        assertThat(steps).containsOnlyOnce("taken out").containsOnlyOnce("taken in");
    }

    @Test
    void isNotOpenedTwiceWhenItIsOpenAlready() {
        group.has(OTHERS, List.of());
        member.open = true;

        begin(member, MemberPhase.JOINING).join();

        assertThat(steps).containsExactly("record JOINING", "taken in", "record MEMBER");
    }

    @Test
    void keepsItsFilesAsLongAsNoLeaderTakesItOut() {
        group.follows(1, 1);
        member.wanted = false;

        begin(member, MemberPhase.LEAVING).join();

        assertThat(steps).containsExactly("record LEAVING");
        assertThat(member.shown.get(member.shown.size() - 1).kind()).isEqualTo(Kind.QUARANTINED);
        assertThat(member.shown.get(member.shown.size() - 1).reason())
                .contains("cannot be taken out of its group yet", "no leader took the change");
    }

    @Test
    void isNotAMemberAsLongAsNoLeaderTakesItIn() {
        group.has(OTHERS, List.of()).follows(1, 1);
        member.wanted = false;

        begin(member, MemberPhase.JOINING).join();

        assertThat(steps).containsExactly("record JOINING", "open to join");
        assertThat(member.states()).containsExactly(Kind.REBUILDING);
    }

    @Test
    void asksAgainUntilThereIsALeader() throws Exception {
        group.follows(1, 1);

        CompletableFuture<Void> rebuilt = begin(member, MemberPhase.LEAVING);
        assertThat(rebuilt).isNotDone();
        loop.execute(() -> group.leads(2, 2));
        rebuilt.get(1, TimeUnit.MINUTES);

        assertThat(steps).containsSubsequence("taken out", "set aside", "taken in");
        assertThat(member.states()).endsWith(Kind.SERVING);
    }

    @Test
    void aPhaseThatCannotBeWrittenIsShown() {
        member.diskFull = true;

        begin(member, MemberPhase.NEW).join();

        assertThat(member.states()).containsExactly(Kind.FAILED);
    }

    @Test
    void aMemberThatCannotWriteDownThatItIsOneDoesNotStayInItsGroup() {
        member.fillsTheDisk = true;

        begin(member, MemberPhase.NEW).join();

        assertThat(steps).containsExactly("record NEW", "open", "leaves service");
        assertThat(member.shown).containsExactly(ReplicaState.failed("phase MEMBER of orders/0 cannot be written"));
    }

    @Test
    void whatFailsInTheMomentItComesIntoServiceShowsThat() {
        member.failure = new IOException("the disk hangs");

        begin(member, MemberPhase.MEMBER).join();

        assertThat(member.shown).endsWith(ReplicaState.failed("the disk hangs"));
    }

    @Test
    void isNotTakenInAnyMoreOnceItHasFailed() throws Exception {
        group.has(OTHERS, List.of()).follows(1, 1);

        CompletableFuture<Void> joined = begin(member, MemberPhase.JOINING);
        assertThat(joined).isNotDone();
        List<FakePeers.Call> asked = List.copyOf(nodes.calls());
        loop.execute(() -> member.fails("the disk hangs"));
        joined.get(1, TimeUnit.MINUTES);

        assertThat(nodes.calls()).isEqualTo(asked);
        assertThat(steps).containsExactly("record JOINING", "open to join");
        assertThat(member.shown).endsWith(ReplicaState.failed("the disk hangs"));
    }

    @Test
    void whatFailsWhileItIsTakenInShowsThat() {
        group.has(OTHERS, List.of()).onMembers(now -> member.fails("the disk hangs"));

        begin(member, MemberPhase.JOINING).join();

        assertThat(member.shown).endsWith(ReplicaState.failed("the disk hangs"));
    }

    @Test
    void filesDamagedWhileTheMemberIsMadeAnewAreSetAsideToo() {
        group.leads(2, 1);
        member.openFailures.add(new UntrustedLogException("torn by a power loss"));

        begin(member, MemberPhase.JOINING).join();

        assertThat(steps).containsSubsequence("record LEAVING", "set aside", "record JOINING", "record MEMBER");
        assertThat(member.states()).endsWith(Kind.SERVING);
    }
}
