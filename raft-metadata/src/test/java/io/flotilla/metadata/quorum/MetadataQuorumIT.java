package io.flotilla.metadata.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.Membership;
import io.flotilla.raft.MemoryMachine;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.ratis.Await;
import io.flotilla.raft.ratis.Trio;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes 1 to 3 keep the metadata, node 4 only receives it. */
class MetadataQuorumIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Trio nodes;
    private final Map<Integer, MetadataQuorum> quorums = new ConcurrentSkipListMap<>();

    @BeforeEach
    void openVoters() throws IOException {
        nodes = new Trio(directory, 4);
        var unused = timer.scheduleWithFixedDelay(
                () -> quorums.values().forEach(MetadataQuorum::tend), 100, 100, TimeUnit.MILLISECONDS);
        List<Peer> voters = nodes.peers().subList(0, 3);
        List<RaftGroup> groups = List.of(open(1, voters, false), open(2, voters, false), open(3, voters, false));
        Await.until(
                "there is a leader",
                () -> groups.stream().anyMatch(g -> g.leadership().leads()));
        assertThat(propose(1, new CreateCluster("c", 1))).isInstanceOf(MetadataResult.Applied.class);
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        nodes.close();
    }

    private RaftGroup open(int id, List<Peer> voters, boolean joins) {
        MemoryMachine mark = new MemoryMachine();
        MetadataStateMachine machine = new MetadataStateMachine(
                new SnapshotFile(directory.resolve("snapshot-" + id)), () -> mark, () -> {}, () -> {}, failure -> {});
        RaftGroup group = nodes.node(id)
                .open(Trio.group(7), "metadata", voters, joins, machine)
                .join();
        var unused = new Membership(nodes.node(id).calls(), nodes.node(id)::group);
        quorums.put(id, new MetadataQuorum(group, machine, nodes.node(id).calls(), System::nanoTime));
        return group;
    }

    private MetadataQuorum quorum(int id) {
        return Objects.requireNonNull(quorums.get(id));
    }

    private int leader() {
        Await.until(
                "there is a leader",
                () -> quorums.values().stream().anyMatch(q -> q.leadership().leads()));
        return quorums.entrySet().stream()
                .filter(e -> e.getValue().leadership().leads())
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private int follower() {
        return leader() % 3 + 1;
    }

    private MetadataResult propose(int id, io.flotilla.metadata.MetadataCommand command) {
        return quorum(id).propose(command, PATIENCE).join();
    }

    private static CreateTopic topic(int number) {
        return TestImages.topic(number, "topic-" + number, new PartitionAssignment(List.of(1)));
    }

    @Test
    void whatIsProposedOnAFollowerIsAppliedThereWhenTheAnswerComes() {
        int follower = follower();

        MetadataResult result = propose(follower, new RegisterBroker(TestImages.broker(1, "")));

        assertThat(result).isInstanceOf(MetadataResult.Applied.class);
        assertThat(quorum(follower).image().brokers().find(1)).isPresent();
    }

    @Test
    void aRefusalArrivesOnAFollowerWithItsCodeAndReason() {
        propose(1, new RegisterBroker(TestImages.broker(1, "")));
        int follower = follower();
        propose(follower, topic(1));

        MetadataResult again = propose(follower, topic(1));

        assertThat(again).isInstanceOfSatisfying(MetadataResult.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(MetadataResult.Code.EXISTS);
            assertThat(refused.message()).contains("topic-1");
        });
    }

    @Test
    void catchingUpShowsWhatOthersHaveChangedBefore() {
        int leader = leader();
        int follower = follower();
        for (int id = 1; id <= 20; id++) {
            propose(leader, new RegisterBroker(TestImages.broker(id, "")));

            quorum(follower).catchUp().join();

            assertThat(quorum(follower).image().brokers().find(id))
                    .as("broker %d", id)
                    .isPresent();
        }
    }

    @Test
    void aNodeThatOnlyReceivesTheMetadataProposesAndSeesItsChanges() {
        Peer self = nodes.peers().get(3);
        List<Peer> voters = nodes.peers().subList(0, 3);
        open(4, voters, true);
        new Membership(nodes.node(4).calls(), nodes.node(4)::group)
                .enter(Trio.group(7), self, voters, false)
                .join();
        assertThat(quorum(4).leadership().role()).isEqualTo(Leadership.Role.LISTENER);

        for (int id = 1; id <= 5; id++) {
            assertThat(propose(4, new RegisterBroker(TestImages.broker(id, ""))))
                    .isInstanceOf(MetadataResult.Applied.class);
            assertThat(quorum(4).image().brokers().find(id)).isPresent();
        }
        assertThat(quorum(leader()).members().listeners()).containsExactly(self);
        assertThat(quorum(leader()).members().voters()).containsExactlyInAnyOrderElementsOf(voters);
    }

    @Test
    void proposalsGoOnWhenTheLeaderIsGone() {
        propose(1, new RegisterBroker(TestImages.broker(1, "")));
        int first = leader();
        int proposer = follower();
        for (int number = 1; number <= 10; number++) {
            if (number == 5) {
                nodes.stop(first);
                quorums.remove(first);
            }
            try {
                assertThat(propose(proposer, topic(number))).isInstanceOf(MetadataResult.Applied.class);
            } catch (CompletionException e) {
                // its fate was open when the leader went
                assertThat(e).hasCauseInstanceOf(MetadataUnavailableException.class);
                assertThat(number).isEqualTo(5);
                assertThat(((MetadataUnavailableException) Objects.requireNonNull(e.getCause())).ambiguous())
                        .isTrue();
            }
        }

        assertThat(leader()).isNotEqualTo(first);
        for (MetadataQuorum quorum : quorums.values()) {
            quorum.catchUp().join();
            for (int number = 1; number <= 10; number++) {
                assertThat(number == 5
                                || quorum.image()
                                        .topics()
                                        .find("topic-" + number)
                                        .isPresent())
                        .as("topic %d", number)
                        .isTrue();
            }
        }
    }

    @Test
    void withoutAMajorityAProposalEndsWithinItsPatience() {
        int leader = leader();
        MetadataImage before = quorum(leader).image();
        for (int id = 1; id <= 3; id++) {
            if (id != leader) {
                nodes.stop(id);
            }
        }
        nodes.stop(leader);

        assertThatThrownBy(() ->
                        quorum(leader).propose(topic(1), Duration.ofMillis(300)).join())
                .hasCauseInstanceOf(MetadataUnavailableException.class)
                .satisfies(e -> assertThat(
                                ((MetadataUnavailableException) Objects.requireNonNull(e.getCause())).ambiguous())
                        .isFalse());
        assertThat(quorum(leader).image()).isEqualTo(before);
    }

    @Test
    void aCommandThatCannotBeReadDoesNotGetIntoTheLog() {
        int follower = follower();
        int leader = leader();
        long version = quorum(leader).image().version();

        var answer = nodes.node(follower)
                .calls()
                .call(nodes.peers().get(leader - 1), "metadata.propose", new byte[] {10, 1, (byte) 0xFF}, PATIENCE);

        assertThatThrownBy(answer::join).hasMessageContaining("INTERNAL");
        propose(follower, new RegisterBroker(TestImages.broker(1, "")));
        assertThat(quorum(follower).image().version()).isEqualTo(version + 1);
    }
}
