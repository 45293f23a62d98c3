package io.flotilla.broker.control;

import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.DiskFull;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.metadata.quorum.MetadataStateMachine;
import io.flotilla.metadata.quorum.SnapshotCopy;
import io.flotilla.metadata.quorum.SnapshotFile;
import io.flotilla.metadata.quorum.SnapshotSource;
import io.flotilla.raft.FileStoredMark;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftNode;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This broker's member of the metadata group: a voter, or a listener that only receives the log. Voters of a new cluster
 * make sure that they are new before they start.
 */
public final class MetadataMember {
    /** The same in every cluster. */
    public static final GroupId GROUP = new GroupId(new UUID(0x666c6f74696c6c61L, 0x6d65746164617461L));

    private static final Logger log = LoggerFactory.getLogger(MetadataMember.class);
    private static final String NAME = "metadata";

    private final DataDirectory directory;
    private final RaftNode raft;
    private final Membership membership;
    private final Parts parts;
    private final Acquaintance acquaintance;
    private final SnapshotFile snapshots;
    private final MetadataStateMachine machine;
    private volatile ReplicaState state = ReplicaState.OPENING;
    private volatile @Nullable Opened opened;
    private volatile @Nullable MetadataQuorum quorum;
    private volatile @Nullable MemberLife life;

    /**
     * What the member works with.
     *
     * @param onOpen told when the quorum can be used
     * @param onChange told that the member's state or the leadership may have changed; quick
     */
    public record Parts(
            Peer self,
            InstantSource clock,
            LongSupplier nanoClock,
            Executor pool,
            Loop loop,
            Consumer<MetadataQuorum> onOpen,
            Runnable onChange) {}

    /** What lives from one opening to the next. */
    private static final class Opened {
        private final FileStoredMark mark;
        private volatile @Nullable Throwable failure;
        private volatile boolean behind;

        Opened(FileStoredMark mark) {
            this.mark = mark;
        }
    }

    public MetadataMember(DataDirectory directory, RaftNode raft, Membership membership, Parts parts) {
        this.directory = directory;
        this.raft = raft;
        this.membership = membership;
        this.parts = parts;
        this.acquaintance = new Acquaintance(raft.calls(), directory::identity, this::image);
        this.snapshots = new SnapshotFile(directory.metadataSnapshot());
        this.machine = new MetadataStateMachine(snapshots, this::mark, this::behind, parts.onChange(), this::failed);
        var unused = new SnapshotSource(raft.calls(), snapshots, this::isLeader, parts.pool());
    }

    public ReplicaState state() {
        return state;
    }

    private MetadataImage image() {
        MetadataQuorum open = quorum;
        return open == null ? MetadataImage.EMPTY : open.image();
    }

    /** Opens the member of a node that has been one before, or a new voter among {@code voters}. */
    public CompletableFuture<Void> openVoter(List<Peer> voters) {
        MemberPhase phase = directory.identity().metadataPhase();
        if (phase != MemberPhase.NEW || voters.size() == 1) {
            return begin(voters, true, phase);
        }
        return acquaintance.ask(voters).thenCompose(standing -> switch (standing) {
            case NEW -> begin(voters, true, MemberPhase.NEW);
            case LOST_ITS_DATA -> {
                log.warn("this node's data directory is empty, but the cluster knows the node; it is taken in again");
                yield begin(voters, true, MemberPhase.LEAVING);
            }
            case UNKNOWN -> {
                CompletableFuture<Void> pause = new CompletableFuture<>();
                parts.loop().after(Duration.ofMillis(100), () -> pause.complete(null));
                yield pause.thenCompose(waited -> openVoter(voters));
            }
        });
    }

    /** Opens the member of a node that joins a cluster whose metadata is kept by {@code voters}. */
    public CompletableFuture<Void> openListener(List<Peer> voters) {
        MemberPhase phase = directory.identity().metadataPhase();
        return begin(voters, false, phase == MemberPhase.NEW ? MemberPhase.JOINING : phase);
    }

    private CompletableFuture<Void> begin(List<Peer> voters, boolean votes, MemberPhase phase) {
        MemberLife begun = new MemberLife(
                GROUP, NAME, parts.self(), membership, parts.pool(), parts.loop(), new Member(voters, votes));
        life = begun;
        return begun.begin(phase);
    }

    /** Also before it may lead: a new leader may have to wait for a member that is behind to agree with it. */
    private boolean isLeader() {
        MetadataQuorum open = quorum;
        return open != null && open.leadership().role() == Leadership.Role.LEADER;
    }

    private StoredMark mark() {
        Opened open = opened;
        if (open == null) {
            throw new IllegalStateException("the metadata group is not open");
        }
        return open.mark;
    }

    private void failed(Throwable cause) {
        Opened open = opened;
        if (open != null) {
            open.failure = cause;
        }
        show(ReplicaState.failed(String.valueOf(cause.getMessage())));
    }

    /** Once in service; a member that is on its way into the group looks for itself. */
    private void behind() {
        Opened open = opened;
        MemberLife begun = life;
        if (open != null && begun != null && !open.behind) {
            open.behind = true;
            if (directory.identity().metadataPhase() == MemberPhase.MEMBER) {
                var unused = CompletableFuture.runAsync(() -> {}, parts.pool()).thenCompose(ready -> begun.catchUp());
            }
        }
    }

    /** There is disk space: the member is opened again if it left service for want of it. To be called now and then. */
    public void feedIfStarved() {
        Opened open = opened;
        MemberLife begun = life;
        if (open != null && begun != null && DiskFull.isCauseOf(open.failure) && !open.behind) {
            open.behind = true; // it is looked after
            log.info("there is disk space again, the metadata log is opened");
            var unused = begun.reopen();
        }
    }

    private void show(ReplicaState now) {
        state = now;
        parts.onChange().run();
    }

    private void publish(RaftGroup group) {
        MetadataQuorum known = quorum;
        if (known != null) {
            known.opened(group);
            return;
        }
        MetadataQuorum ready = new MetadataQuorum(group, machine, raft.calls(), parts.nanoClock());
        quorum = ready;
        parts.onOpen().accept(ready);
    }

    /** Closes what the member keeps beside its group; the group must have been stopped. */
    public void close() {
        Opened open = opened;
        if (open != null) {
            opened = null;
            try {
                open.mark.close();
            } catch (IOException e) {
                log.warn("mark of the metadata log did not close cleanly", e);
            }
        }
    }

    private final class Member implements MemberLife.Member, SnapshotCopy.Files {
        private final List<Peer> voters;
        private final boolean votes;

        Member(List<Peer> voters, boolean votes) {
            this.voters = voters;
            this.votes = votes;
        }

        @Override
        public boolean hasFiles() {
            return raft.exists(GROUP) && Files.exists(directory.metadataMark());
        }

        @Override
        public CompletableFuture<Void> open(boolean joins) {
            try {
                machine.recover();
                opened = new Opened(FileStoredMark.open(directory.metadataMark()));
                return raft.open(GROUP, NAME, voters, joins, machine)
                        .whenComplete((group, error) -> {
                            if (error != null) {
                                MetadataMember.this.close();
                            }
                        })
                        .thenAccept(MetadataMember.this::publish);
            } catch (IOException | UntrustedLogException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        @Override
        public boolean isOpen() {
            return opened != null;
        }

        @Override
        public Optional<Throwable> failure() {
            return Optional.ofNullable(opened).map(open -> open.failure);
        }

        @Override
        public void fail(Throwable cause) {
            raft.group(GROUP).ifPresent(group -> group.fail(cause));
        }

        @Override
        public boolean isBehind() {
            Opened open = opened;
            return open != null && open.behind;
        }

        @Override
        public CompletableFuture<Void> stop() {
            return raft.stop(GROUP).thenRunAsync(MetadataMember.this::close, parts.pool());
        }

        @Override
        public CompletableFuture<Void> copy(boolean begun) {
            List<Peer> others = voters.stream()
                    .filter(peer -> peer.nodeId() != raft.nodeId())
                    .toList();
            return new SnapshotCopy(GROUP, others, snapshots, machine, raft, this, parts.pool()).run(begun);
        }

        @Override
        public void begins() throws IOException {
            if (directory.identity().metadataPhase() == MemberPhase.MEMBER) {
                record(MemberPhase.CATCHING_UP);
            }
        }

        @Override
        public void stored(long index) throws IOException, UntrustedLogException {
            try (FileStoredMark mark = FileStoredMark.open(directory.metadataMark())) {
                mark.confirm(index);
            }
        }

        @Override
        public void record(MemberPhase phase) throws IOException {
            directory.update(
                    identity -> identity.with(identity.clusterId(), voters).in(phase));
        }

        @Override
        public void setFilesAside() throws IOException {
            Path place = directory.quarantine(NAME, parts.clock());
            raft.setAside(GROUP, place.resolve("raft"));
            if (Files.exists(directory.metadataMark())) {
                Files.move(directory.metadataMark(), place.resolve("stored"));
            }
            snapshots.setAside(place.resolve("snapshot"));
        }

        @Override
        public List<Peer> peers() {
            return voters;
        }

        @Override
        public boolean votes() {
            return votes;
        }

        @Override
        public void show(ReplicaState now) {
            MetadataMember.this.show(now);
        }

        @Override
        public boolean isWanted() {
            return true;
        }
    }
}
