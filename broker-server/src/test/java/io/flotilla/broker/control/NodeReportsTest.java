package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.NodeReports.Lead;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.raft.PeerMonitor;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Nodes 1 and 2 exchange reports. */
class NodeReportsTest {
    private static final PartitionId ID = new PartitionId(TestImages.topicId(1), 0);
    private static final PartitionId OTHER = new PartitionId(TestImages.topicId(1), 1);

    private final FakePeers nodes = new FakePeers();
    private final PeerMonitor monitor = nodes.monitor(1, 2, 3);
    private NodeReport mine = report(1, 0).build();
    private int changes;
    private final NodeReports first = new NodeReports(1, nodes.at(1), monitor, () -> mine, () -> {});
    private final NodeReports second =
            new NodeReports(2, nodes.at(2), nodes.monitor(2, 1, 3), NodeReport::getDefaultInstance, () -> changes++);

    private static NodeReport.Builder report(int node, long version) {
        return NodeReport.newBuilder().setNodeId(node).setIncarnation(run(1)).setVersion(version);
    }

    private static ByteString run(int number) {
        return GroupBytes.encode(new UUID(0, number));
    }

    private static NodeReport.Lead lead(PartitionId id, long term) {
        return NodeReport.Lead.newBuilder()
                .setGroup(GroupBytes.encode(id.groupId().uuid()))
                .setTerm(term)
                .build();
    }

    private void exchange() {
        first.exchange(FakePeers.peers(2));
    }

    /** Node 2 hears it. */
    private void hear(NodeReport.Builder report) {
        send(report.build().toByteArray()).join();
    }

    private CompletableFuture<byte[]> send(byte[] report) {
        return nodes.at(1).call(FakePeers.peer(2), "report", report, Duration.ofSeconds(1));
    }

    private long sent() {
        return nodes.calls().size();
    }

    @Test
    void tellsOthersWhatItLeads() {
        mine = report(1, 0).addLeads(lead(ID, 4)).build();

        exchange();

        assertThat(second.leaderElsewhere(ID)).contains(new Lead(1, 4));
        assertThat(second.leaderElsewhere(OTHER)).isEmpty();
        assertThat(changes).isOne();
    }

    @Test
    void saysNothingTwice() {
        exchange();
        exchange();

        assertThat(sent()).isOne();
    }

    @Test
    void saysWhatHasChanged() {
        mine = report(1, 0).addLeads(lead(ID, 4)).build();
        exchange();

        mine = report(1, 0).build();
        exchange();

        assertThat(second.leaderElsewhere(ID)).isEmpty();
    }

    @Test
    void triesAgainWhatDidNotArrive() {
        NodeReports alone = new NodeReports(3, nodes.at(3), nodes.monitor(3, 4), () -> mine, () -> {});
        alone.exchange(FakePeers.peers(4));

        alone.exchange(FakePeers.peers(4));

        assertThat(sent()).as("calls to a node that answers none").isEqualTo(2);
    }

    @Test
    void doesNotCallNodesThatAreDown() {
        nodes.stop(2);
        monitor.ping();
        exchange();
        assertThat(second.leadCount(1)).isZero();
        mine = report(1, 0).addLeads(lead(ID, 4)).build();
        nodes.start(2);
        monitor.ping();

        exchange();

        assertThat(sent()).isOne();
        assertThat(second.leadCount(1)).isOne();
    }

    @Test
    void tellsANodeThatCameBackAllAgain() {
        exchange();

        first.peerChanged(2);
        exchange();

        assertThat(sent()).isEqualTo(2);
    }

    @Test
    void anOlderReportOfTheSameRunChangesNothing() {
        hear(report(1, 2).addLeads(lead(ID, 4)));

        hear(report(1, 1).addLeads(lead(OTHER, 3)));

        assertThat(second.leaderElsewhere(ID)).contains(new Lead(1, 4));
        assertThat(second.leaderElsewhere(OTHER)).isEmpty();
    }

    @Test
    void theFirstReportOfANewRunReplacesAllOfTheRunBefore() {
        hear(report(1, 200).addLeads(lead(ID, 4)).setDraining(true));

        hear(report(1, 1).setIncarnation(run(2)));

        assertThat(second.leaderElsewhere(ID)).isEmpty();
        assertThat(second.draining(1)).isFalse();
    }

    @Test
    void ofTwoWhoSayThatTheyLeadTheLaterTermIsRight() {
        hear(report(3, 1).addLeads(lead(ID, 8)));
        hear(report(1, 1).addLeads(lead(ID, 9)));
        assertThat(second.leaderElsewhere(ID)).contains(new Lead(1, 9));

        hear(report(3, 2).addLeads(lead(ID, 10)));

        assertThat(second.leaderElsewhere(ID)).contains(new Lead(3, 10));
    }

    @Test
    void whoIsDownLeadsNothing() {
        FakePeers others = new FakePeers();
        PeerMonitor watched = others.monitor(2, 1, 3);
        NodeReports reports =
                new NodeReports(2, others.at(2), watched, NodeReport::getDefaultInstance, () -> changes++);
        new NodeReports(
                        1,
                        others.at(1),
                        others.monitor(1, 2),
                        () -> report(1, 0).addLeads(lead(ID, 9)).build(),
                        () -> {})
                .exchange(FakePeers.peers(2));
        new NodeReports(
                        3,
                        others.at(3),
                        others.monitor(3, 2),
                        () -> report(3, 0).addLeads(lead(ID, 8)).build(),
                        () -> {})
                .exchange(FakePeers.peers(2));

        others.stop(1);
        watched.ping();

        assertThat(reports.leaderElsewhere(ID)).contains(new Lead(3, 8));
    }

    @Test
    void whatItSaysItselfIsNotElsewhere() {
        hear(report(2, 1).addLeads(lead(ID, 4)));

        assertThat(second.leaderElsewhere(ID)).isEmpty();
    }

    @Test
    void countsItsOwnLeadsLikeThoseOfOthers() {
        mine = report(1, 0).addLeads(lead(ID, 4)).addLeads(lead(OTHER, 4)).build();

        exchange();

        assertThat(first.leadCount(1)).isEqualTo(2);
        assertThat(second.leadCount(1)).isEqualTo(2);
        assertThat(second.leadCount(3)).isZero();
    }

    @Test
    void tellsOfTroublesAndFullDisks() {
        hear(report(1, 1)
                .setStorageFull(true)
                .addTroubles(NodeReport.Trouble.newBuilder()
                        .setGroup(GroupBytes.encode(ID.groupId().uuid()))
                        .setState("FAILED")
                        .setReason("the disk is gone")));

        assertThat(second.trouble(1, ID).orElseThrow().getReason()).isEqualTo("the disk is gone");
        assertThat(second.trouble(1, OTHER)).isEmpty();
        assertThat(second.trouble(3, ID)).isEmpty();
        assertThat(second.storageFull(1)).isTrue();
        assertThat(second.storageFull(3)).isFalse();
    }

    @Test
    void knowsOfItsOwnFullDisk() {
        mine = report(1, 0).setStorageFull(true).build();

        exchange();

        assertThat(first.storageFull(1)).isTrue();
        assertThat(second.storageFull(1)).isTrue();
    }

    @Test
    void whatIsNoReportIsRefusedAndForgotten() {
        hear(report(1, 1).addLeads(lead(ID, 4)));

        assertThat(send(new byte[] {(byte) 0xff})).isCompletedExceptionally();
        assertThat(second.leaderElsewhere(ID)).contains(new Lead(1, 4));
    }
}
