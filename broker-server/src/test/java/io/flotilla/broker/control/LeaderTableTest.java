package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.control.NodeReports.Lead;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PeerMonitor;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Seen from node 1. */
class LeaderTableTest {
    private static final PartitionId ID = new PartitionId(TestImages.topicId(1), 0);

    private final FakePeers nodes = new FakePeers();
    private final PeerMonitor monitor = nodes.monitor(1, 2, 3);
    private final TestReplicas replicas = new TestReplicas();
    private final NodeReports reports =
            new NodeReports(1, nodes.at(1), monitor, NodeReport::getDefaultInstance, () -> {});
    private final LeaderTable leaders = new LeaderTable(1, replicas.table(), reports, monitor);

    private void reports(int node, long term) {
        NodeReport report = NodeReport.newBuilder()
                .setNodeId(node)
                .addLeads(NodeReport.Lead.newBuilder()
                        .setGroup(GroupBytes.encode(ID.groupId().uuid()))
                        .setTerm(term))
                .build();
        nodes.at(node)
                .call(FakePeers.peer(1), "report", report.toByteArray(), Duration.ofSeconds(1))
                .join();
    }

    private void stop(int node) {
        nodes.stop(node);
        monitor.ping();
    }

    @Test
    void knowsNoLeaderOfAPartitionOfWhichNothingWasHeard() {
        assertThat(leaders.leaderOf(ID)).isEmpty();
    }

    @Test
    void believesItsOwnReplica() {
        replicas.serve(ID).follows(2, 5);

        assertThat(leaders.leaderOf(ID)).contains(new Lead(2, 5));
    }

    @Test
    void leadsItselfOnceItsReplicaIsReadyTo() {
        LocalGroup group = replicas.serve(ID).is(new Leadership(Leadership.Role.LEADER, 5, 1, false));
        assertThat(leaders.leaderOf(ID)).isEmpty();

        group.leads(1, 5);

        assertThat(leaders.leaderOf(ID)).contains(new Lead(1, 5));
    }

    @Test
    void believesOthersWhenItHasNoReplica() {
        reports(3, 7);

        assertThat(leaders.leaderOf(ID)).contains(new Lead(3, 7));
    }

    @Test
    void doesNotAskAReplicaThatDoesNotServe() {
        replicas.serve(ID).follows(2, 9);
        replicas.table().change(ID, ReplicaState.failed("its disk is gone"));
        reports(3, 7);

        assertThat(leaders.leaderOf(ID)).contains(new Lead(3, 7));
    }

    @Test
    void believesTheLaterTerm() {
        LocalGroup group = replicas.serve(ID).follows(2, 5);
        reports(3, 6);
        assertThat(leaders.leaderOf(ID)).contains(new Lead(3, 6));

        group.follows(2, 7);

        assertThat(leaders.leaderOf(ID)).contains(new Lead(2, 7));
    }

    @Test
    void aLeaderThatIsDownIsNone() {
        replicas.serve(ID).follows(2, 5);

        stop(2);

        assertThat(leaders.leaderOf(ID)).isEmpty();
    }

    @Test
    void turnsToWhatOthersSayWhenItsLeaderIsDown() {
        replicas.serve(ID).follows(2, 5);
        reports(3, 4);

        stop(2);

        assertThat(leaders.leaderOf(ID)).contains(new Lead(3, 4));
    }
}
