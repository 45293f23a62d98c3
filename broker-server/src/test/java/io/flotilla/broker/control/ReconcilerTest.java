package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.MoreExecutors;
import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.copy.Pace;
import io.flotilla.broker.copy.Turns;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.NioDisk;
import io.flotilla.metadata.BrokerCommand;
import io.flotilla.metadata.BrokerRegistration;
import io.flotilla.metadata.ClusterCommand;
import io.flotilla.metadata.MetadataCommand;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.TopicCommand;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftNode;
import io.flotilla.raft.TermIndex;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replicas of broker 1. */
class ReconcilerTest {
    private static final String CLUSTER = "test-cluster";
    private static final PartitionId ORDERS_0 = new PartitionId(TestImages.topicId(1), 0);
    private static final PartitionId ORDERS_1 = new PartitionId(TestImages.topicId(1), 1);

    @TempDir
    private Path root;

    private final FakePeers nodes = new FakePeers();
    private final Loop loop = new Loop("reconciler-test");
    private final Node node = new Node();
    private DataDirectory directory;
    private PartitionTable table = new PartitionTable(() -> {});
    private Reconciler reconciler;

    @BeforeEach
    void open() throws Exception {
        directory = DataDirectory.open(
                root.resolve("data"), 1, TestImages.broker(1, "").directoryId());
        directory.update(identity -> identity.with(CLUSTER, List.of()));
        reconciler = reconciler();
    }

    private Reconciler reconciler() {
        TailCache cache = new TailCache(0);
        LogStore store = new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), () -> 0L);
        Membership membership = new Membership(nodes.at(1), id -> Optional.empty());
        Replicas replicas = new Replicas(
                directory,
                store,
                node,
                membership,
                table,
                new Replicas.Parts(
                        FakePeers.peer(1),
                        ProduceConfig.DEFAULT,
                        4 << 20,
                        () -> Instant.ofEpochMilli(1),
                        Duration.ofSeconds(1),
                        new NoEvents(),
                        MoreExecutors.newDirectExecutorService(),
                        loop,
                        new Turns(1),
                        new Pace(1 << 30, System::nanoTime)));
        return new Reconciler(1, directory, table, replicas);
    }

    @AfterEach
    void close() throws Exception {
        loop.close();
        directory.close();
    }

    /** Groups that open at once; remembers which, and with which peers. */
    private static final class Node implements RaftNode {
        private final Map<GroupId, List<Peer>> opened =
                new TreeMap<>((a, b) -> a.uuid().compareTo(b.uuid()));
        private final List<GroupId> joined = new ArrayList<>();
        private final List<GroupId> deleted = new ArrayList<>();

        @Override
        public CompletableFuture<RaftGroup> open(
                GroupId id, String name, List<Peer> preference, boolean joins, GroupStateMachine machine) {
            opened.put(id, preference);
            if (joins) {
                joined.add(id);
            }
            return CompletableFuture.completedFuture(new LocalGroup(id, machine));
        }

        @Override
        public CompletableFuture<Void> delete(GroupId id) {
            opened.remove(id);
            deleted.add(id);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public boolean exists(GroupId id) {
            return opened.containsKey(id);
        }

        @Override
        public int nodeId() {
            return 1;
        }

        @Override
        public Optional<RaftGroup> group(GroupId id) {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<Void> stop(GroupId id) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public OptionalLong termOf(GroupId id, long index) {
            return OptionalLong.empty();
        }

        @Override
        public void beginBehind(GroupId id, TermIndex at) {}

        @Override
        public void setAside(GroupId id, Path to) {
            opened.remove(id);
        }

        @Override
        public PeerCalls calls() {
            throw new UnsupportedOperationException("nobody calls here");
        }

        @Override
        public PeerMonitor peers() {
            throw new UnsupportedOperationException("nobody asks here");
        }

        @Override
        public void close() {
            // nothing is open
        }
    }

    private static final class NoEvents implements Partition.Events {
        @Override
        public void leadershipChanged(Partition partition) {
            // nobody looks
        }

        @Override
        public void behind(Partition partition) {}

        @Override
        public void failed(Partition partition, Throwable cause) {
            throw new AssertionError(cause);
        }
    }

    /** Each command at an index of its own, as in a log. */
    private static MetadataImage agreed(MetadataImage image, MetadataCommand... commands) {
        MetadataImage now = image;
        for (MetadataCommand command : commands) {
            MetadataResult result = command.applyTo(now.at(now.version() + 1));
            assertThat(result).isInstanceOf(MetadataResult.Applied.class);
            now = ((MetadataResult.Applied) result).image();
        }
        return now;
    }

    private static MetadataImage cluster(String id) {
        MetadataImage image = agreed(MetadataImage.EMPTY, new ClusterCommand.CreateCluster(id, 1));
        for (int broker = 1; broker <= 3; broker++) {
            image = agreed(image, new BrokerCommand.RegisterBroker(TestImages.broker(broker, "")));
        }
        return image;
    }

    private static MetadataImage withOrders(MetadataImage image) {
        return agreed(
                image, TestImages.topic(1, "orders", PartitionAssignment.on(2, 1, 3), PartitionAssignment.on(3, 2, 1)));
    }

    private static MetadataImage without(MetadataImage image) {
        return agreed(image, new TopicCommand.DeleteTopic(TestImages.topicId(1)));
    }

    private ReplicaState state(PartitionId id) {
        return table.find(id).orElseThrow().state();
    }

    @Test
    void makesTheReplicasThatAreAssignedToIt() {
        MetadataImage image =
                agreed(withOrders(cluster(CLUSTER)), TestImages.topic(2, "elsewhere", PartitionAssignment.on(2)));

        reconciler.reconcile(image);

        assertThat(table.all())
                .extracting(PartitionTable.Replica::name)
                .containsExactlyInAnyOrder("orders/0", "orders/1");
        assertThat(state(ORDERS_0)).isEqualTo(ReplicaState.SERVING);
        assertThat(node.opened).containsEntry(ORDERS_0.groupId(), FakePeers.peers(2, 1, 3));
    }

    @Test
    void writesDownWhatTheReplicaNeedsBeforeTheMetadataIsKnown() throws Exception {
        MetadataImage image = agreed(
                withOrders(cluster(CLUSTER)),
                new TopicCommand.UpdateTopicConfigs(
                        TestImages.topicId(1), ConfigChange.set(Map.of("segment.bytes", "1048576"))));

        reconciler.reconcile(image);

        ReplicaDescription description = directory.replica(ORDERS_0).describe();
        assertThat(description.name()).isEqualTo("orders/0");
        assertThat(description.peers()).isEqualTo(FakePeers.peers(2, 1, 3));
        assertThat(description.phase()).isEqualTo(MemberPhase.MEMBER);
        assertThat(description.topicVersion())
                .isEqualTo(image.topics().find("orders").orElseThrow().createdVersion());
        assertThat(description.segments().segmentBytes()).isEqualTo(1 << 20);
    }

    @Test
    void tellsReplicasWhatChangesForTheirLogs() throws Exception {
        MetadataImage image = withOrders(cluster(CLUSTER));
        reconciler.reconcile(image);
        Partition first = table.serving(ORDERS_0).orElseThrow();

        reconciler.reconcile(agreed(
                image,
                new TopicCommand.UpdateTopicConfigs(
                        TestImages.topicId(1), ConfigChange.set(Map.of("segment.bytes", "1048576")))));

        ReplicaDescription description = directory.replica(ORDERS_0).describe();
        assertThat(description.segments().segmentBytes()).isEqualTo(1 << 20);
        assertThat(description.phase()).isEqualTo(MemberPhase.MEMBER);
        assertThat(table.serving(ORDERS_0)).containsSame(first);
    }

    @Test
    void makesReplicasOfPartitionsThatAreAddedLater() throws Exception {
        MetadataImage image = withOrders(cluster(CLUSTER));
        replaceTheDisk(new UUID(9, 9));
        BrokerRegistration mine = TestImages.broker(1, "");
        image = agreed(
                image,
                new BrokerCommand.RegisterBroker(new BrokerRegistration(
                        1, mine.incarnation(), new UUID(9, 9), mine.endpoints(), "", "0.1.0", 1, 1L)),
                new TopicCommand.AddPartitions(TestImages.topicId(1), 2, List.of(PartitionAssignment.on(1, 2, 3))));

        reconciler.reconcile(image);

        PartitionId added = new PartitionId(TestImages.topicId(1), 2);
        assertThat(state(ORDERS_0).kind()).isEqualTo(ReplicaState.Kind.QUARANTINED);
        assertThat(state(added)).as("it is younger than the disk").isEqualTo(ReplicaState.SERVING);
    }

    @Test
    void opensWhatItHasBeforeTheMetadataIsKnown() throws Exception {
        reconciler.reconcile(withOrders(cluster(CLUSTER)));
        table = new PartitionTable(() -> {});
        Reconciler restarted = reconciler();

        restarted.openExisting();

        assertThat(state(ORDERS_0)).isEqualTo(ReplicaState.SERVING);
        assertThat(state(ORDERS_1)).isEqualTo(ReplicaState.SERVING);
    }

    @Test
    void makesNothingTwice() {
        MetadataImage image = withOrders(cluster(CLUSTER));
        reconciler.reconcile(image);
        Partition first = table.serving(ORDERS_0).orElseThrow();

        reconciler.reconcile(image);

        assertThat(table.serving(ORDERS_0)).containsSame(first);
    }

    private void replaceTheDisk(UUID by) throws Exception {
        directory.close();
        directory = DataDirectory.open(root.resolve("another"), 1, by);
        directory.update(identity -> identity.with(CLUSTER, List.of()));
        reconciler = reconciler();
    }

    @Test
    void nothingIsMadeWhileTheClusterKnowsOnlyTheDiskThatWasReplaced() throws Exception {
        replaceTheDisk(new UUID(9, 9));

        reconciler.reconcile(withOrders(cluster(CLUSTER)));

        assertThat(table.all()).isEmpty();
        assertThat(node.opened).isEmpty();
    }

    @Test
    void aReplicaOlderThanItsDirectoryIsNotStartedEmpty() throws Exception {
        replaceTheDisk(new UUID(9, 9));
        MetadataImage image = withOrders(cluster(CLUSTER));
        BrokerRegistration mine = TestImages.broker(1, "");
        BrokerRegistration onAnEmptyDisk =
                new BrokerRegistration(1, mine.incarnation(), new UUID(9, 9), mine.endpoints(), "", "0.1.0", 1, 1L);

        reconciler.reconcile(agreed(image, new BrokerCommand.RegisterBroker(onAnEmptyDisk)));

        assertThat(state(ORDERS_0).kind()).isEqualTo(ReplicaState.Kind.QUARANTINED);
        assertThat(node.opened).isEmpty();
    }

    @Test
    void deletesAReplicaOfADeletedTopic() {
        MetadataImage image = withOrders(cluster(CLUSTER));
        reconciler.reconcile(image);

        reconciler.reconcile(without(image));

        assertThat(table.all()).isEmpty();
        assertThat(node.deleted).containsExactlyInAnyOrder(ORDERS_0.groupId(), ORDERS_1.groupId());
        assertThat(directory.replica(ORDERS_0).exists()).isFalse();
    }

    @Test
    void metadataThatIsBehindDeletesNothing() {
        MetadataImage old = cluster(CLUSTER);
        reconciler.reconcile(withOrders(old));

        reconciler.reconcile(old);

        assertThat(table.all()).hasSize(2);
        assertThat(node.deleted).isEmpty();
    }

    @Test
    void metadataOfAnotherClusterChangesNothing() {
        reconciler.reconcile(withOrders(cluster(CLUSTER)));

        reconciler.reconcile(without(withOrders(cluster("another-cluster"))));
        reconciler.reconcile(agreed(cluster("another-cluster"), TestImages.topic(2, "new", PartitionAssignment.on(1))));

        assertThat(table.all()).hasSize(2);
        assertThat(node.deleted).isEmpty();
    }

    @Test
    void deletesNothingWhileItIsNotRegistered() {
        MetadataImage image = withOrders(cluster(CLUSTER));
        reconciler.reconcile(image);
        MetadataImage withoutMe = agreed(MetadataImage.EMPTY, new ClusterCommand.CreateCluster(CLUSTER, 1));

        reconciler.reconcile(withoutMe.at(image.version() + 1));

        assertThat(table.all()).hasSize(2);
        assertThat(node.deleted).isEmpty();
    }

    @Test
    void leavesAReplicaAloneWhoseDescriptionCannotBeRead() throws Exception {
        MetadataImage image = withOrders(cluster(CLUSTER));
        reconciler.reconcile(image);
        Files.delete(directory.replica(ORDERS_0).log().resolveSibling("replica.properties"));

        reconciler.reconcile(without(image));

        assertThat(table.find(ORDERS_0)).isPresent();
        assertThat(table.find(ORDERS_1)).isEmpty();
    }
}
