package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.common.util.concurrent.MoreExecutors;
import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.copy.Pace;
import io.flotilla.broker.copy.Turns;
import io.flotilla.broker.partition.NewBatch;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.partition.ReplicaState.Kind;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.broker.storage.SegmentSettings;
import io.flotilla.log.CorruptBatchException;
import io.flotilla.log.LogClosedException;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.NioDisk;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftNode;
import io.flotilla.raft.TermIndex;
import io.flotilla.v1.TimestampType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One replica of broker 1; what the others have of its group is led by node 2. */
class ReplicasTest {
    private static final PartitionId ID = new PartitionId(TestImages.topicId(1), 0);
    private static final List<Peer> PEERS = FakePeers.peers(1, 2, 3);
    private static final List<Peer> OTHERS = FakePeers.peers(2, 3);
    private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

    @TempDir
    private Path root;

    private final FakePeers nodes = new FakePeers();
    private final LocalGroup others =
            LocalGroup.idle(ID.groupId()).has(PEERS, List.of()).leads(2, 1);
    private final Loop loop = new Loop("replicas-test");
    private final Node node = new Node();
    private final PartitionTable table = new PartitionTable(() -> {});
    private DataDirectory directory;
    private Replicas replicas;

    /** Members that open and stop when the test lets them. */
    private static final class Node implements RaftNode {
        private final List<Partition> opened = new ArrayList<>();
        private final List<GroupId> stopped = new ArrayList<>();
        private CompletableFuture<Void> opening = DONE;
        private CompletableFuture<Void> deleting = DONE;
        private @Nullable LocalGroup member;

        private LocalGroup member() {
            return Objects.requireNonNull(member);
        }

        private Partition last() {
            return opened.get(opened.size() - 1);
        }

        @Override
        public CompletableFuture<RaftGroup> open(
                GroupId id, String name, List<Peer> preference, boolean joins, GroupStateMachine machine) {
            LocalGroup group = new LocalGroup(id, machine);
            member = group;
            opened.add((Partition) machine);
            return opening.thenApply(open -> group);
        }

        @Override
        public CompletableFuture<Void> delete(GroupId id) {
            member = null;
            return deleting;
        }

        @Override
        public boolean exists(GroupId id) {
            return true;
        }

        @Override
        public int nodeId() {
            return 1;
        }

        @Override
        public Optional<RaftGroup> group(GroupId id) {
            return Optional.ofNullable(member);
        }

        @Override
        public CompletableFuture<Void> stop(GroupId id) {
            member = null;
            stopped.add(id);
            return DONE;
        }

        @Override
        public OptionalLong termOf(GroupId id, long index) {
            return OptionalLong.empty();
        }

        @Override
        public void beginBehind(GroupId id, TermIndex at) {}

        @Override
        public void setAside(GroupId id, Path to) {
            // it has no files of its own
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

    private final class FailuresOnly implements Partition.Events {
        @Override
        public void leadershipChanged(Partition partition) {
            // nobody looks
        }

        @Override
        public void behind(Partition partition) {}

        @Override
        public void failed(Partition partition, Throwable cause) {
            replicas.failed(partition, cause);
        }
    }

    @BeforeEach
    void open() throws Exception {
        directory = DataDirectory.open(root.resolve("data"), 1, new UUID(1, 1));
        TailCache cache = new TailCache(0);
        LogStore store = new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), () -> 0L);
        var unused = new Membership(nodes.at(2), id -> Optional.of(others));
        replicas = new Replicas(
                directory,
                store,
                node,
                new Membership(nodes.at(1), id -> Optional.empty()),
                table,
                new Replicas.Parts(
                        FakePeers.peer(1),
                        ProduceConfig.DEFAULT,
                        4 << 20,
                        () -> Instant.ofEpochMilli(1),
                        Duration.ofSeconds(1),
                        new FailuresOnly(),
                        MoreExecutors.newDirectExecutorService(),
                        loop,
                        new Turns(1),
                        new Pace(1 << 30, System::nanoTime)));
    }

    @AfterEach
    void close() throws IOException {
        loop.close();
        replicas.closeLogs();
        directory.close();
    }

    private static ReplicaDescription description(MemberPhase phase) {
        return new ReplicaDescription(ID, "orders/0", 1, PEERS, phase, new SegmentSettings(1 << 20, 3_600_000, 4096));
    }

    private ReplicaState state() {
        return table.find(ID).orElseThrow().state();
    }

    private static void assertClosed(Partition partition) {
        assertThatExceptionOfType(LogClosedException.class).isThrownBy(() -> partition.read(0, 1));
    }

    /** What a read finds when what was written to the replica is not what is on the disk. */
    private static CorruptBatchException damage(DataDirectory directory, LocalGroup group, Partition partition)
            throws Exception {
        group.leads(1, 1);
        partition
                .append(new NewBatch(
                        new byte[60], 0, 60, 1, 0, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED, NewBatch.Conditions.NONE))
                .join();
        Path segment = directory.replica(ID).log().resolve("00000000000000000000.log");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[80] ^= 1;
        Files.write(segment, bytes);
        try {
            throw new AssertionError(partition.read(0, 1 << 20));
        } catch (CorruptBatchException e) {
            return e;
        }
    }

    @Test
    void aReplicaDeletedWhileItOpensLetsGoOfItsLog() {
        node.opening = new CompletableFuture<>();
        var created = replicas.create(description(MemberPhase.NEW), true);

        CompletableFuture<Void> deleted = replicas.delete(ID);
        assertThat(deleted).isNotDone();
        node.opening.complete(null);

        assertThat(created).isCompleted();
        assertThat(deleted).isCompleted();
        assertClosed(node.last());
        assertThat(table.all()).isEmpty();
        assertThat(directory.replica(ID).log().getParent()).doesNotExist();
    }

    @Test
    void aReplicaThatFailsWhileItIsDeletedLeavesNothingBehind() throws Exception {
        replicas.create(description(MemberPhase.NEW), true).join();
        Partition partition = node.last();
        CorruptBatchException damage = damage(directory, node.member(), partition);
        node.deleting = new CompletableFuture<>();

        CompletableFuture<Void> deleted = replicas.delete(ID);
        replicas.failed(partition, damage);
        node.deleting.complete(null);

        assertThat(deleted).isCompleted();
        assertClosed(partition);
        assertThat(table.all()).isEmpty();
        assertThat(directory.replica(ID).log().getParent()).doesNotExist();
        assertThat(nodes.calls()).isEmpty();
    }

    @Test
    void aReplicaIsDeletedWhenWhatWasDoneToItBeforeHasEnded() throws Exception {
        replicas.create(description(MemberPhase.NEW), true).join();
        Partition broken = node.last();
        CorruptBatchException damage = damage(directory, node.member(), broken);
        node.opening = new CompletableFuture<>();
        node.member().fail(damage);
        assertThat(node.opened).as("is made anew").hasSize(2);

        CompletableFuture<Void> deleted = replicas.delete(ID);
        assertThat(deleted).isNotDone();
        node.opening.complete(null);

        assertThat(deleted).isCompleted();
        assertClosed(node.last());
        assertThat(table.all()).isEmpty();
        assertThat(directory.replica(ID).log().getParent()).doesNotExist();
    }

    @Test
    void aReplicaWithADamagedLogIsMadeAnew() throws Exception {
        replicas.create(description(MemberPhase.NEW), true).join();
        Partition broken = node.last();

        node.member().fail(damage(directory, node.member(), broken));

        assertClosed(broken);
        assertThat(state()).isEqualTo(ReplicaState.SERVING);
        assertThat(table.serving(ID)).containsSame(node.last());
        assertThat(node.last()).isNotSameAs(broken);
        assertThat(node.last().logEnd()).isZero();
    }

    @Test
    void aReplicaWhoseDiskFailedIsShownAndLeftAlone() {
        replicas.create(description(MemberPhase.NEW), true).join();

        node.member().fail(new IOException("no answer"));

        assertThat(state()).isEqualTo(ReplicaState.failed("no answer"));
        assertThat(node.stopped).isEmpty();
    }

    @Test
    void whatAnEarlierOpeningSaysIsNotHeard() throws Exception {
        replicas.create(description(MemberPhase.NEW), true).join();
        Partition broken = node.last();
        CorruptBatchException damage = damage(directory, node.member(), broken);
        node.member().fail(damage);

        replicas.failed(broken, damage);

        assertThat(state()).isEqualTo(ReplicaState.SERVING);
        assertThat(node.opened).hasSize(2);
    }

    @Test
    void aReplicaThatCannotWriteDownThatItIsAMemberDoesNotStayInItsGroup() {
        node.opening = new CompletableFuture<>();
        var created = replicas.create(description(MemberPhase.NEW), true);
        List<Throwable> failures = new ArrayList<>();
        node.member().onFailure(failures::add);
        assertThat(directory
                        .replica(ID)
                        .log()
                        .resolveSibling("replica.properties.next")
                        .toFile()
                        .mkdir())
                .isTrue();

        node.opening.complete(null);

        assertThat(created).isCompleted();
        assertThat(failures).hasSize(1);
        assertThat(state().kind()).isEqualTo(Kind.FAILED);
        assertThat(state().reason()).contains("phase MEMBER of orders/0 cannot be written");
    }

    @Test
    void aReplicaThatFailsWhileItOpensDoesNotServe() {
        node.opening = new CompletableFuture<>();
        var created = replicas.create(description(MemberPhase.NEW), true);
        node.member().fail(new IOException("the disk hangs"));

        node.opening.complete(null);

        assertThat(created).isCompleted();
        assertThat(state()).isEqualTo(ReplicaState.failed("the disk hangs"));
    }

    @Test
    void aReplicaWhoseGroupFailsWhileItIsTakenInShowsThat() {
        others.has(OTHERS, List.of()).onMembers(now -> node.member().fail(new IOException("the disk hangs")));

        replicas.open(description(MemberPhase.JOINING)).join();

        assertThat(state()).isEqualTo(ReplicaState.failed("the disk hangs"));
    }

    @Test
    void aReplicaFoundDamagedWhileItIsTakenInIsMadeAnew() throws Exception {
        others.has(OTHERS, List.of());
        List<Throwable> damages = new ArrayList<>();
        others.onMembers(now -> {
            if (damages.isEmpty()) {
                try {
                    damages.add(damage(directory, node.member(), node.last()));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                node.member().fail(damages.get(0));
            }
        });

        replicas.open(description(MemberPhase.JOINING)).join();

        assertThat(node.opened).hasSize(2);
        assertClosed(node.opened.get(0));
        assertThat(state()).isEqualTo(ReplicaState.SERVING);
    }

    @Test
    void aReplicaThatCannotBeOpenedLetsGoOfItsLog() {
        node.opening = CompletableFuture.failedFuture(new IOException("port is gone"));

        replicas.create(description(MemberPhase.NEW), true).join();

        assertThat(state()).isEqualTo(ReplicaState.failed("port is gone"));
        assertClosed(node.last());
    }
}
