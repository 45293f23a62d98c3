package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.v1.NodeReport;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.PeerMonitor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Node 1 stops. */
class HandoverTest {
    private static final PartitionId FIRST = new PartitionId(TestImages.topicId(1), 0);
    private static final PartitionId SECOND = new PartitionId(TestImages.topicId(1), 1);
    private static final Duration LONG = Duration.ofMinutes(1);

    private final FakePeers nodes = new FakePeers();
    private final PeerMonitor monitor = nodes.monitor(1, 2, 3);
    private final TestReplicas replicas = new TestReplicas();
    private final NodeReports reports =
            new NodeReports(1, nodes.at(1), monitor, NodeReport::getDefaultInstance, () -> {});
    private final Handover handover = new Handover(replicas.table(), monitor, reports);
    private final LocalGroup first = replicas.serve(FIRST);
    private final LocalGroup second = replicas.serve(SECOND);

    private void handOver() {
        handover.all(Optional.empty(), LONG).join();
    }

    @Test
    void givesWhatItLeadsToWhoHasMostOfTheLog() {
        first.leads(1, 1).endsAt(90).matches(Map.of(2, 80L, 3, 85L));
        second.leads(1, 1).endsAt(90).matches(Map.of(2, 84L, 3, 83L));

        handOver();

        assertThat(first.transfers()).containsExactly(3);
        assertThat(second.transfers()).containsExactly(2);
    }

    private static Stream<NodeReport> reasonsNotToTakeWrites() {
        NodeReport third = NodeReport.newBuilder().setNodeId(3).build();
        return Stream.of(
                third.toBuilder().setStorageFull(true).build(),
                third.toBuilder().setDraining(true).build());
    }

    @ParameterizedTest
    @MethodSource("reasonsNotToTakeWrites")
    void ratherGivesItToWhoTakesWrites(NodeReport third) {
        nodes.report(third, 1);
        first.leads(1, 1).endsAt(90).matches(Map.of(2, 80L, 3, 85L));

        handOver();

        assertThat(first.transfers()).containsExactly(2);
    }

    @ParameterizedTest
    @MethodSource("reasonsNotToTakeWrites")
    void givesItToWhoTakesNoWritesIfThereIsNobodyElse(NodeReport third) {
        nodes.report(third, 1);
        nodes.stop(2);
        monitor.ping();
        first.leads(1, 1).endsAt(90).matches(Map.of(2, 80L, 3, 85L));

        handOver();

        assertThat(first.transfers()).containsExactly(3);
    }

    @Test
    void givesNothingToWhoIsDown() {
        first.leads(1, 1).endsAt(90).matches(Map.of(2, 80L, 3, 85L));
        nodes.stop(3);
        monitor.ping();

        handOver();

        assertThat(first.transfers()).containsExactly(2);
    }

    @Test
    void leavesAloneWhatOthersLead() {
        first.follows(2, 1).matches(Map.of(2, 80L));

        handOver();

        assertThat(first.transfers()).isEmpty();
    }

    @Test
    void keepsWhatNobodyCanTake() {
        first.leads(1, 1).matches(Map.of(2, 80L, 3, 85L));
        nodes.stop(2);
        nodes.stop(3);
        monitor.ping();

        handOver();

        assertThat(first.transfers()).isEmpty();
    }

    @Test
    void handsOverTheMetadataToo() {
        LocalGroup metadata = LocalGroup.idle(new GroupId(new UUID(1, 1)))
                .has(FakePeers.peers(1, 2, 3), List.of())
                .leads(1, 1)
                .matches(Map.of(2, 7L, 3, 6L));

        handover.all(Optional.of(metadata), LONG).join();

        assertThat(metadata.transfers()).containsExactly(2);
    }

    @Test
    void givesNothingToWhoHasNoVote() {
        PeerMonitor all = nodes.monitor(1, 2, 3, 4);
        LocalGroup metadata = LocalGroup.idle(new GroupId(new UUID(1, 1)))
                .has(FakePeers.peers(1, 2, 3), FakePeers.peers(4))
                .leads(1, 1)
                .matches(Map.of(2, 7L, 3, 6L, 4, 8L));

        new Handover(replicas.table(), all, reports)
                .all(Optional.of(metadata), LONG)
                .join();

        assertThat(metadata.transfers()).containsExactly(2);
    }

    @Test
    void goesOnWhenSomethingIsNotTaken() {
        first.leads(1, 1).matches(Map.of(2, 80L));
        first.answersTransfers(CompletableFuture.failedFuture(new IllegalStateException("not caught up")));
        second.leads(1, 1).matches(Map.of(2, 80L));

        CompletableFuture<Void> all = handover.all(Optional.empty(), LONG);

        assertThat(all).isCompleted();
        assertThat(second.transfers()).containsExactly(2);
    }

    @Test
    void waitsUntilAllIsTaken() {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        first.leads(1, 1).matches(Map.of(2, 80L)).answersTransfers(taken);

        CompletableFuture<Void> all = handover.all(Optional.empty(), LONG);

        assertThat(all).isNotDone();
        taken.complete(null);
        assertThat(all).isCompleted();
    }

    @Test
    void doesNotWaitLongerThanItMay() {
        first.leads(1, 1).matches(Map.of(2, 80L)).answersTransfers(new CompletableFuture<>());

        handover.all(Optional.empty(), Duration.ofMillis(1)).join();

        assertThat(first.transfers()).containsExactly(2);
    }
}
