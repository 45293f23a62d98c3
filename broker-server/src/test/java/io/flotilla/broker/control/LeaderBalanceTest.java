package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.v1.NodeReport;
import io.flotilla.metadata.BrokerCommand;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.raft.PeerMonitor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Node 1 leads partitions that node 2 should lead. */
class LeaderBalanceTest {
    private static final int PARTITIONS = 6;
    private static final PartitionId ID = new PartitionId(TestImages.topicId(1), 0);

    private final FakePeers nodes = new FakePeers();
    private final PeerMonitor monitor = nodes.monitor(1, 1, 2, 3);
    private final TestReplicas replicas = new TestReplicas();
    private NodeReport own = NodeReport.getDefaultInstance();
    private final NodeReports reports = new NodeReports(1, nodes.at(1), monitor, () -> own, () -> {});
    private MetadataImage image = preferring(2);
    private final LeaderBalance balance = new LeaderBalance(1, replicas.table(), monitor, reports, () -> image);
    private final LocalGroup group = replicas.serve(ID).leads(1, 1).endsAt(1000).matches(Map.of(2, 1000L, 3, 1000L));

    private static MetadataImage preferring(int node) {
        PartitionAssignment assignment = node == 1 ? PartitionAssignment.on(1, 2, 3) : PartitionAssignment.on(2, 1, 3);
        PartitionAssignment[] all = Collections.nCopies(PARTITIONS, assignment).toArray(PartitionAssignment[]::new);
        return TestImages.applied(TestImages.withBrokers(3), TestImages.topic(1, "orders", all));
    }

    @Test
    void handsLeadershipToThePreferredReplica() {
        balance.run();

        assertThat(group.transfers()).containsExactly(2);
    }

    @Test
    void keepsWhatIsItsOwn() {
        image = preferring(1);
        group.matches(Map.of(1, 1000L, 2, 1000L));

        balance.run();

        assertThat(group.transfers()).isEmpty();
    }

    @Test
    void leavesAloneWhatOthersLead() {
        group.follows(3, 1);

        balance.run();

        assertThat(group.transfers()).isEmpty();
    }

    @Test
    void waitsUntilThePreferredReplicaHasCaughtUp() {
        group.matches(Map.of(2, 899L));
        balance.run();
        assertThat(group.transfers()).isEmpty();

        group.matches(Map.of(2, 900L));
        balance.run();

        assertThat(group.transfers()).containsExactly(2);
    }

    @Test
    void doesNotHandOverToWhoIsNotInTheGroup() {
        group.endsAt(50).matches(Map.of(3, 50L));

        balance.run();

        assertThat(group.transfers()).isEmpty();
    }

    @Test
    void waitsUntilThePreferredBrokerIsUp() {
        nodes.stop(2);
        monitor.ping();
        balance.run();
        assertThat(group.transfers()).isEmpty();

        nodes.start(2);
        monitor.ping();
        balance.run();

        assertThat(group.transfers()).containsExactly(2);
    }

    @Test
    void givesNothingToABrokerThatIsShuttingDown() {
        nodes.report(NodeReport.newBuilder().setNodeId(2).setDraining(true).build(), 1);

        balance.run();

        assertThat(group.transfers()).isEmpty();
    }

    @Test
    void givesNothingToABrokerWhoseDiskIsFullUntilThereIsRoomAgain() {
        nodes.report(NodeReport.newBuilder().setNodeId(2).setStorageFull(true).build(), 1);
        balance.run();
        assertThat(group.transfers()).isEmpty();

        nodes.report(NodeReport.newBuilder().setNodeId(2).setVersion(1).build(), 1);
        balance.run();

        assertThat(group.transfers()).containsExactly(2);
    }

    @Test
    void whileTheDiskHereIsFullAnyoneWithRoomLeads() {
        image = preferring(1);
        group.has(FakePeers.peers(1, 2, 3), List.of());
        nodes.report(NodeReport.newBuilder().setNodeId(2).setStorageFull(true).build(), 1);
        balance.run();
        assertThat(group.transfers()).isEmpty();

        own = NodeReport.newBuilder().setNodeId(1).setStorageFull(true).build();
        reports.exchange(List.of());
        balance.run();

        assertThat(group.transfers()).containsExactly(3);
    }

    @Test
    void givesNothingToABrokerThatIsToBeEmptied() {
        image = TestImages.applied(image, new BrokerCommand.DrainBroker(2));

        balance.run();

        assertThat(group.transfers()).isEmpty();
    }

    @Test
    void leavesAloneAPartitionWhoseTopicItDoesNotKnow() {
        image = TestImages.withBrokers(3);

        balance.run();

        assertThat(group.transfers()).isEmpty();
    }

    @Test
    void movesFourPartitionsAtATime() {
        CompletableFuture<Void> moving = new CompletableFuture<>();
        List<LocalGroup> groups = new ArrayList<>(List.of(group.answersTransfers(moving)));
        for (int partition = 1; partition < PARTITIONS; partition++) {
            groups.add(replicas.serve(new PartitionId(ID.topic(), partition))
                    .leads(1, 1)
                    .matches(Map.of(2, 0L))
                    .answersTransfers(moving));
        }

        balance.run();

        assertThat(groups.stream().filter(each -> !each.transfers().isEmpty())).hasSize(4);
    }

    @Test
    void aMoveThatFailedMakesRoomForTheNext() {
        group.answersTransfers(CompletableFuture.failedFuture(new IllegalStateException("not caught up")));

        for (int i = 0; i < 5; i++) {
            balance.run();
        }

        assertThat(group.transfers()).hasSize(5);
    }
}
