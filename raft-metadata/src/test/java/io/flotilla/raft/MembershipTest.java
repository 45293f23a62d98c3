package io.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MembershipTest {
    private static final GroupId ID = new GroupId(new UUID(1, 1));

    private final PeerNetwork network = new PeerNetwork();
    private final List<Peer> peers = List.of(PeerNetwork.peer(1), PeerNetwork.peer(2), PeerNetwork.peer(3));
    private final Map<Integer, FakeGroup> groups = new HashMap<>();
    private final Map<Integer, Membership> memberships = new HashMap<>();

    @BeforeEach
    void threeMembersLedByTheSecond() {
        for (Peer peer : peers) {
            int id = peer.nodeId();
            groups.put(id, new FakeGroup(ID, peers).follows(2));
            memberships.put(id, membership(id));
        }
        group(2).leads(2);
    }

    private Membership membership(int id) {
        return new Membership(network.node(id), group -> Optional.ofNullable(groups.get(id)));
    }

    private FakeGroup group(int id) {
        return Objects.requireNonNull(groups.get(id));
    }

    private CompletableFuture<Void> leave(int id) {
        return Objects.requireNonNull(memberships.get(id)).leave(ID, PeerNetwork.peer(id), peers);
    }

    private CompletableFuture<Void> enter(int id, boolean voter) {
        return membership(id).enter(ID, PeerNetwork.peer(id), peers, voter);
    }

    private List<RaftGroup.Members> madeBy(int leader) {
        return group(leader).changes();
    }

    @Test
    void theLeaderTakesOutWhoAsksForIt() {
        leave(3).join();

        assertThat(madeBy(2))
                .containsExactly(new RaftGroup.Members(List.of(PeerNetwork.peer(1), PeerNetwork.peer(2)), List.of()));
        assertThat(madeBy(1)).isEmpty();
    }

    @Test
    void whoIsNotInIsOutAlready() {
        group(2).hasMembers(List.of(PeerNetwork.peer(1), PeerNetwork.peer(2)), List.of());

        leave(3).join();

        assertThat(madeBy(2)).isEmpty();
    }

    @Test
    void aNewVoterIsTakenIn() {
        enter(4, true).join();

        assertThat(madeBy(2).get(0).voters()).containsAll(peers).contains(PeerNetwork.peer(4));
    }

    @Test
    void aNewListenerIsTakenIn() {
        enter(4, false).join();

        assertThat(madeBy(2)).containsExactly(new RaftGroup.Members(peers, List.of(PeerNetwork.peer(4))));
    }

    @Test
    void aListenerBecomesAVoterInOneStep() {
        group(2).hasMembers(peers, List.of(PeerNetwork.peer(4)));

        enter(4, true).join();

        assertThat(madeBy(2).get(0).listeners()).isEmpty();
        assertThat(madeBy(2).get(0).voters()).contains(PeerNetwork.peer(4));
    }

    @Test
    void theLeaderIsFoundThoughTheFirstToBeAskedIsGone() {
        network.kill(1);

        leave(3).join();

        assertThat(madeBy(2)).hasSize(1);
    }

    @Test
    void withoutALeaderTheAnswerSaysWhoWasAsked() {
        group(2).follows(Leadership.NO_LEADER);
        network.kill(1);

        assertThatThrownBy(() -> leave(3).join())
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no leader took the change of 3@host3:1003")
                .hasMessageContaining("1 is gone");
    }

    @Test
    void aLeaderThatIsNotReadyIsNotAsked() {
        group(2).is(Leadership.Role.LEADER, 2);

        assertThatThrownBy(() -> leave(3).join()).hasMessageContaining("no leader took the change");
        assertThat(madeBy(2)).isEmpty();
    }

    @Test
    void twoThatNameEachOtherAreAskedOnce() {
        group(1).follows(2);
        group(2).follows(1);
        int before = network.calls();

        assertThatThrownBy(() -> leave(3).join()).hasMessageContaining("no leader took the change");

        assertThat(network.calls() - before).isEqualTo(2);
    }

    @Test
    void aChangeThatTheLeaderCannotMakeSaysWhy() {
        group(2).answersChanges(CompletableFuture.failedFuture(new IllegalStateException("one is under way")));

        assertThatThrownBy(() -> leave(3).join()).hasMessageContaining("one is under way");
    }

    @Test
    void theOnlyVoterIsNotTakenOut() {
        group(2).hasMembers(List.of(PeerNetwork.peer(3)), List.of());

        assertThatThrownBy(() -> leave(3).join()).hasMessageContaining("is the only voter");
        assertThat(madeBy(2)).isEmpty();
    }

    @Test
    void whatIsNotARequestIsRefused() {
        CompletableFuture<byte[]> answer =
                network.node(9).call(PeerNetwork.peer(2), "membership", new byte[] {1, 2, 3}, java.time.Duration.ZERO);

        assertThat(answer).isCompletedExceptionally();
    }
}
