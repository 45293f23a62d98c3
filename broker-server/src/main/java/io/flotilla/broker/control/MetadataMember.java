package io.flotilla.broker.control;

import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.quorum.MetadataQuorum;
import io.flotilla.metadata.quorum.MetadataStateMachine;
import io.flotilla.raft.FileStoredMark;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftNode;
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
    private volatile ReplicaState state = ReplicaState.OPENING;
    private volatile @Nullable Opened opened;
    private volatile @Nullable MetadataQuorum quorum;

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
        return new MemberLife(
                        GROUP, NAME, parts.self(), membership, parts.pool(), parts.loop(), new Member(voters, votes))
                .begin(phase);
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

    private final class Member implements MemberLife.Member {
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
                Opened now = new Opened(FileStoredMark.open(directory.metadataMark()));
                opened = now;
                MetadataStateMachine machine =
                        new MetadataStateMachine(now.mark, parts.onChange(), cause -> failed(now, cause));
                return raft.open(GROUP, NAME, voters, joins, machine)
                        .whenComplete((group, error) -> {
                            if (error != null) {
                                MetadataMember.this.close();
                            }
                        })
                        .thenAccept(group -> {
                            MetadataQuorum ready = new MetadataQuorum(group, machine, raft.calls(), parts.nanoClock());
                            quorum = ready;
                            parts.onOpen().accept(ready);
                        });
            } catch (IOException | UntrustedLogException e) {
                return CompletableFuture.failedFuture(e);
            }
        }

        private void failed(Opened which, Throwable cause) {
            which.failure = cause;
            show(ReplicaState.failed(String.valueOf(cause.getMessage())));
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

        /** Never: the metadata log is kept whole. */
        @Override
        public boolean isBehind() {
            return false;
        }

        @Override
        public CompletableFuture<Void> stop() {
            return raft.stop(GROUP).thenRunAsync(MetadataMember.this::close, parts.pool());
        }

        @Override
        public CompletableFuture<Void> copy(boolean begun) {
            return CompletableFuture.completedFuture(null);
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
            state = now;
            parts.onChange().run();
        }

        @Override
        public boolean isWanted() {
            return true;
        }
    }
}
