package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.metadata.BrokerCommand;
import io.flotilla.metadata.BrokerEndpoints;
import io.flotilla.metadata.BrokerRegistration;
import io.flotilla.metadata.ClusterCommand;
import io.flotilla.metadata.Endpoint;
import io.flotilla.metadata.MetadataCodec;
import io.flotilla.metadata.MetadataCommand;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.metadata.quorum.MetadataStateMachine;
import io.flotilla.metadata.quorum.SnapshotFile;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registrar of node 1, which leads the metadata group unless a test says otherwise. */
class RegistrarTest {
    private static final String CLUSTER = "test-cluster";
    private static final UUID SECOND_RUN = new UUID(2, 2);

    @TempDir
    private Path root;

    private final FakePeers nodes = new FakePeers();
    private final PeerMonitor monitor = nodes.monitor(1, 2, 3);
    private final MetadataStateMachine machine = new MetadataStateMachine(
            new SnapshotFile(Path.of("unused")), NoMark::new, () -> {}, () -> {}, failure -> {});
    private final LocalGroup group = new LocalGroup(MetadataMember.GROUP, machine)
            .has(FakePeers.peers(1, 2, 3), List.of())
            .leads(1, 1);
    private final MetadataQuorum quorum = new MetadataQuorum(group, machine, nodes.at(1), () -> 0L);
    private final Loop loop = new Loop("registrar-test");
    private final List<String> refusals = new ArrayList<>();
    private BrokerRegistration mine = TestImages.broker(1, "");
    private DataDirectory directory;
    private Registrar registrar;

    private static final class NoMark implements StoredMark {
        @Override
        public long storedIndex() {
            return NOTHING;
        }

        @Override
        public void confirm(long index) {
            // nothing is kept
        }
    }

    @BeforeEach
    void open() throws Exception {
        directory = DataDirectory.open(root.resolve("data"), 1, new UUID(1, 1));
        registrar = new Registrar(directory, () -> mine, monitor, loop, refusals::add);
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        directory.close();
    }

    private void agreed(MetadataCommand... commands) {
        for (MetadataCommand command : commands) {
            machine.apply(new TermIndex(1, machine.image().version() + 1), MetadataCodec.encode(command));
        }
        group.endsAt(machine.image().version());
    }

    private void aClusterOf(int brokers) {
        agreed(new ClusterCommand.CreateCluster(CLUSTER, 1));
        for (int id = 1; id <= brokers; id++) {
            agreed(new BrokerCommand.RegisterBroker(TestImages.broker(id, "")));
        }
    }

    /** Tends once, and until what it proposed has ended. */
    private void tend() {
        registrar.tend(quorum);
        CompletableFuture.runAsync(() -> {}, loop).join();
    }

    private Optional<RegisteredBroker> broker(int id) {
        return quorum.image().brokers().find(id);
    }

    private long version() {
        return quorum.image().version();
    }

    private BrokerRegistration secondRun(String host) {
        BrokerEndpoints endpoints = new BrokerEndpoints(new Endpoint(host, 7400), new Endpoint(host, 7401), 7402);
        return new BrokerRegistration(1, SECOND_RUN, mine.directoryId(), endpoints, "", "0.1.0", 1, 1L);
    }

    private void stop(int node) {
        nodes.stop(node);
        monitor.ping();
    }

    @Test
    void theLeaderOfANewGroupCreatesTheClusterAndTheDirectoryKeepsItsId() {
        tend();
        assertThat(quorum.image().hasCluster()).isTrue();

        tend();

        assertThat(directory.identity().clusterId())
                .isEqualTo(quorum.image().clusterId())
                .isNotEmpty();
    }

    @Test
    void onlyTheLeaderCreatesTheCluster() {
        group.follows(2, 1);

        tend();

        assertThat(nodes.calls()).isEmpty();
        assertThat(quorum.image().hasCluster()).isFalse();
    }

    @Test
    void registersOnce() {
        aClusterOf(0);
        tend();
        assertThat(broker(1).orElseThrow().registration()).isEqualTo(mine);
        long registered = version();

        tend();
        tend();

        assertThat(version()).isEqualTo(registered);
    }

    @Test
    void registersThroughTheLeaderWhenItDoesNotLead() {
        aClusterOf(0);
        group.follows(2, 1);

        registrar.tend(quorum);

        assertThat(nodes.calls()).contains(new FakePeers.Call(1, 2, "metadata.propose"));
    }

    @Test
    void registersAgainWhenItWasFenced() {
        aClusterOf(1);
        agreed(new BrokerCommand.FenceBroker(1, mine.incarnation()));

        tend();

        assertThat(broker(1).orElseThrow().live()).isTrue();
    }

    @Test
    void registersItsNewRun() {
        aClusterOf(1);
        mine = secondRun("host-1");

        tend();

        assertThat(broker(1).orElseThrow().registration().incarnation()).isEqualTo(SECOND_RUN);
    }

    @Test
    void fencesABrokerThatIsDown() {
        aClusterOf(3);
        stop(3);

        tend();

        assertThat(broker(3).orElseThrow().live()).isFalse();
        assertThat(broker(2).orElseThrow().live()).isTrue();
    }

    @Test
    void fencesOneBrokerAfterAnother() {
        aClusterOf(3);
        stop(2);
        stop(3);

        tend();
        tend();
        long fenced = version();
        tend();

        assertThat(broker(2).orElseThrow().live()).isFalse();
        assertThat(broker(3).orElseThrow().live()).isFalse();
        assertThat(version()).as("fences nobody twice").isEqualTo(fenced);
    }

    @Test
    void fencesNobodyUnlessItLeads() {
        aClusterOf(3);
        group.follows(2, 1);
        stop(3);

        tend();

        assertThat(nodes.calls()).isEmpty();
        assertThat(broker(3).orElseThrow().live()).isTrue();
    }

    @Test
    void fencesNobodyOfWhomNothingIsKnown() {
        aClusterOf(5);

        tend();

        assertThat(quorum.image().brokers().all()).allMatch(RegisteredBroker::live);
    }

    @Test
    void proposesOneCommandAtATime() {
        aClusterOf(0);
        group.hold();

        tend();
        tend();

        assertThat(group.heldBack()).isOne();
    }

    @Test
    void triesAgainWhatWasNotTaken() {
        aClusterOf(0);
        group.hold();
        tend();
        group.end(new ProposeResult.Unknown("leadership moved"));
        CompletableFuture.runAsync(() -> {}, loop).join();

        tend();

        assertThat(group.heldBack()).isOne();
        assertThat(refusals).isEmpty();
    }

    @Test
    void saysWhyTheClusterDoesNotTakeThisBroker() {
        aClusterOf(1);
        mine = secondRun("another-host");

        tend();

        assertThat(refusals).hasSize(1);
        assertThat(refusals.get(0)).contains("cannot join the cluster", "broker id 1 is in use at host-1:7401");
    }

    @Test
    void doesNotJoinAnotherClusterThanThatOfItsDirectory() throws Exception {
        directory.update(identity -> identity.with("another-cluster", List.of()));
        aClusterOf(0);
        long before = version();

        tend();

        assertThat(refusals).hasSize(1);
        assertThat(refusals.get(0)).contains("belongs to cluster another-cluster", "this cluster is " + CLUSTER);
        assertThat(version()).isEqualTo(before);
        assertThat(directory.identity().clusterId()).isEqualTo("another-cluster");
    }
}
