package io.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LeaderWatchTest {
    private static final GroupId ID = new GroupId(new UUID(1, 1));
    private static final RaftConfig CONFIG = RaftConfig.in(Path.of("unused"));

    private final PeerNetwork network = new PeerNetwork();
    private final ManualClock clock = new ManualClock();
    private final Map<Integer, Node> nodes = new HashMap<>();

    /** A node with one member of the one group. */
    private final class Node {
        final FakeGroup group;
        final PeerMonitor monitor;
        final LeaderWatch watch;
        private final List<LeaderWatch.Watched> groups = new ArrayList<>();

        Node(int id, List<Peer> preference) {
            PeerCalls calls = network.node(id);
            group = new FakeGroup(ID, preference);
            monitor = new PeerMonitor(calls, CONFIG, clock, changed -> {});
            monitor.watch(preference.stream().filter(p -> p.nodeId() != id).toList());
            watch = new LeaderWatch(id, () -> groups, calls, monitor, clock);
            groups.add(watched());
        }

        private LeaderWatch.Watched watched() {
            List<Peer> preference = group.members().voters();
            return new LeaderWatch.Watched() {
                @Override
                public RaftGroup group() {
                    return group;
                }

                @Override
                public List<Peer> preference() {
                    return preference;
                }
            };
        }
    }

    private void cluster(int size) {
        List<Peer> preference = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            preference.add(PeerNetwork.peer(id));
        }
        for (int id = 1; id <= size; id++) {
            nodes.put(id, new Node(id, preference));
        }
        everybodyPings();
    }

    private Node node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private FakeGroup member(int id) {
        return node(id).group;
    }

    private void everybodyPingsThroughASilence() {
        for (int i = 0; i < 4; i++) {
            clock.pass(CONFIG.peerSilence().dividedBy(4).plusNanos(1));
            everybodyPings();
        }
    }

    private void everybodyPings() {
        nodes.values().forEach(node -> node.monitor.ping());
    }

    private void everybodyLooks() {
        nodes.values().forEach(node -> node.watch.tick());
    }

    private void kill(int id) {
        network.kill(id);
        nodes.remove(id);
        everybodyPings();
    }

    /** Who stood for election so far, each as often as it did. */
    private List<Integer> candidates() {
        List<Integer> stood = new ArrayList<>();
        nodes.forEach((id, node) -> {
            for (int i = 0; i < node.group.campaigns(); i++) {
                stood.add(id);
            }
        });
        return stood;
    }

    private void allFollow(int leader) {
        nodes.forEach((id, node) -> {
            if (id == leader) {
                node.group.leads(id);
            } else {
                node.group.follows(leader);
            }
        });
    }

    @Test
    void ofANewGroupThePreferredStands() {
        cluster(3);

        everybodyLooks();

        assertThat(candidates()).containsExactly(1);
    }

    @Test
    void aGroupWithALeaderIsLeftAlone() {
        cluster(3);
        allFollow(2);

        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void whenTheLeadersNodeIsGoneTheBestLogStands() {
        cluster(3);
        allFollow(1);
        member(2).endsAt(1, 10);
        member(3).endsAt(1, 11);

        kill(1);
        everybodyLooks();

        assertThat(candidates()).containsExactly(3);
    }

    @Test
    void aLaterTermBeatsALongerLog() {
        cluster(3);
        allFollow(1);
        member(2).endsAt(2, 5);
        member(3).endsAt(1, 11);

        kill(1);
        everybodyLooks();

        assertThat(candidates()).containsExactly(2);
    }

    @Test
    void ofEqualLogsThePreferredStands() {
        cluster(5);
        allFollow(1);
        for (int id = 2; id <= 5; id++) {
            member(id).endsAt(1, 10);
        }

        kill(1);
        everybodyLooks();

        assertThat(candidates()).containsExactly(2);
    }

    @Test
    void aSilentLeaderIsReplacedAfterItsGrace() {
        cluster(3);
        allFollow(1);
        network.cut(1, 2);
        network.cut(1, 3);
        everybodyPings();
        everybodyLooks();
        assertThat(candidates()).isEmpty();

        everybodyPingsThroughASilence();
        everybodyLooks();

        assertThat(candidates()).containsExactly(2);
    }

    @Test
    void oneBadLinkUnseatsNobody() {
        cluster(3);
        allFollow(1);
        network.cut(1, 2);
        everybodyPings();
        everybodyPingsThroughASilence();

        everybodyLooks();

        assertThat(node(2).monitor.down(1)).isTrue();
        assertThat(node(3).monitor.down(1)).isFalse();
        assertThat(candidates()).isEmpty();
    }

    @Test
    void aMinorityStandsForNothing() {
        cluster(5);
        allFollow(1);

        kill(1);
        kill(2);
        kill(3);
        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void ofTwoMembersOneAloneStandsForNothing() {
        cluster(2);
        allFollow(1);

        kill(1);
        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void theOnlyMemberStandsAtOnce() {
        cluster(1);

        everybodyLooks();

        assertThat(candidates()).containsExactly(1);
    }

    @Test
    void aMemberThatHasStoodWaitsBeforeItDoesSoAgain() {
        cluster(1);
        everybodyLooks();

        everybodyLooks();
        assertThat(candidates()).hasSize(1);

        clock.pass(Duration.ofMillis(1001));
        everybodyLooks();
        assertThat(candidates()).hasSize(2);
    }

    @Test
    void aLeaderThatResignsIsReplacedThoughItsNodeIsUp() {
        cluster(3);
        allFollow(1);
        member(1).is(Leadership.Role.INACTIVE, Leadership.NO_LEADER);

        node(1).watch.resign(node(1).watched());
        everybodyLooks();

        assertThat(candidates()).containsExactly(2);
    }

    @Test
    void aResignationIsForgottenInTime() {
        cluster(3);
        allFollow(1);
        member(1).is(Leadership.Role.INACTIVE, Leadership.NO_LEADER);
        node(1).watch.resign(node(1).watched());

        clock.pass(Duration.ofSeconds(11));
        everybodyPings();
        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void aMemberThatKnowsNoLeaderWaitsIfTheLeaderAnswers() {
        cluster(3);
        allFollow(2);
        member(1).follows(Leadership.NO_LEADER);
        kill(3);

        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void aMemberThatKnowsNoLeaderWaitsIfAnotherIsStanding() {
        cluster(3);
        allFollow(Leadership.NO_LEADER);
        member(2).is(Leadership.Role.CANDIDATE, Leadership.NO_LEADER);

        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void aResignationOfAnotherThanTheLeaderChangesNothing() {
        cluster(3);
        allFollow(1);

        node(3).watch.resign(node(3).watched());
        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void aMemberThatKnowsNoLeaderWaitsIfAnotherFollowsOneItCannotAsk() {
        cluster(3);
        allFollow(1);
        member(2).follows(Leadership.NO_LEADER);
        network.cut(1, 2);
        everybodyPingsThroughASilence();
        everybodyPingsThroughASilence();

        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void oneThatStillFollowsADeadLeaderDoesNotHoldTheOthersUp() {
        cluster(3);
        allFollow(1);
        network.kill(1);
        nodes.remove(1);
        node(3).monitor.ping(); // node 3 knows
        node(2).monitor.ping();
        member(3).follows(Leadership.NO_LEADER).endsAt(1, 5);

        everybodyLooks();

        assertThat(candidates()).containsExactly(3);
    }

    @Test
    void listenersAndClosedMembersAreNotCounted() {
        cluster(3);
        allFollow(1);
        member(3).is(Leadership.Role.LISTENER, 1);

        kill(1);
        everybodyLooks();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void aMemberWithoutAVoteDoesNotStand() {
        cluster(3);
        member(1)
                .hasMembers(List.of(PeerNetwork.peer(2), PeerNetwork.peer(3)), List.of())
                .endsAt(5, 5);

        node(1).watch.tick();

        assertThat(candidates()).isEmpty();
    }

    @Test
    void theMajorityIsThatOfTheVotersAsLastAgreed() {
        cluster(3);
        allFollow(1);
        List<Peer> fewer = List.of(PeerNetwork.peer(3));
        member(3).hasMembers(fewer, List.of());

        kill(1);
        kill(2);
        everybodyLooks();

        assertThat(candidates()).containsExactly(3);
    }

    @Test
    void aVoterThatJoinedLaterIsAskedToo() {
        cluster(3);
        List<Peer> moved = List.of(PeerNetwork.peer(2), PeerNetwork.peer(4), PeerNetwork.peer(3));
        nodes.put(4, new Node(4, moved));
        nodes.forEach((id, node) -> node.group.hasMembers(moved, List.of()).follows(2));
        member(4).endsAt(1, 10);
        member(3).endsAt(1, 9);

        kill(2);
        everybodyLooks();

        assertThat(candidates()).containsExactly(4);
    }

    @Test
    void aForgottenGroupStandsAnewAtOnce() {
        cluster(1);
        everybodyLooks();

        node(1).watch.forget(ID);
        everybodyLooks();

        assertThat(candidates()).hasSize(2);
    }
}
