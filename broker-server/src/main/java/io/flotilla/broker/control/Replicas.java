package io.flotilla.broker.control;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.PartitionTable.Replica;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.broker.storage.ReplicaDirectory;
import io.flotilla.log.CorruptBatchException;
import io.flotilla.log.CorruptLogException;
import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogException;
import io.flotilla.log.LogStore;
import io.flotilla.metadata.PartitionId;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens, rebuilds, closes and deletes this broker's replicas; what each does is in the {@link PartitionTable}. */
public final class Replicas {
    private static final Logger log = LoggerFactory.getLogger(Replicas.class);

    private final DataDirectory directory;
    private final LogStore store;
    private final RaftNode raft;
    private final Membership membership;
    private final PartitionTable table;
    private final Parts parts;
    private final ConcurrentMap<PartitionId, CompletableFuture<Void>> busy = new ConcurrentHashMap<>();

    /**
     * What a replica is made with.
     *
     * @param self this broker as a member of groups
     * @param markInterval see {@link LogConfig#markInterval}
     * @param pool opens and deletes
     * @param loop retries
     */
    public record Parts(
            Peer self,
            ProduceConfig produce,
            int maxEntryBytes,
            InstantSource clock,
            Duration markInterval,
            Partition.Events events,
            ExecutorService pool,
            Loop loop) {}

    public Replicas(
            DataDirectory directory,
            LogStore store,
            RaftNode raft,
            Membership membership,
            PartitionTable table,
            Parts parts) {
        this.directory = directory;
        this.store = store;
        this.raft = raft;
        this.membership = membership;
        this.table = table;
        this.parts = parts;
    }

    /** Opens a replica that has files here, or goes on with what it was doing when the broker stopped. */
    public CompletableFuture<Void> open(ReplicaDescription description) {
        table.put(new Replica(description.id(), description.name(), ReplicaState.OPENING, null));
        MemberLife life = life(description);
        return next(description.id(), () -> life.begin(description.phase()));
    }

    private MemberLife life(ReplicaDescription description) {
        return new MemberLife(
                description.id().groupId(),
                description.name(),
                parts.self(),
                membership,
                parts.pool(),
                parts.loop(),
                new ReplicaMember(description));
    }

    /** What is done to one replica is done one after another. */
    private CompletableFuture<Void> next(PartitionId id, Supplier<CompletableFuture<Void>> step) {
        return busy.compute(
                id,
                (same, before) -> before == null
                        ? step.get()
                        : before.handle((done, error) -> null).thenCompose(ended -> step.get()));
    }

    /**
     * Makes a replica that has no files here.
     *
     * @param mayStartEmpty the partition is new; if not, the files were lost and the replica is rebuilt
     */
    public CompletableFuture<Void> create(ReplicaDescription description, boolean mayStartEmpty) {
        if (!mayStartEmpty) {
            log.warn("files of a replica are gone, it is rebuilt from its peers partition={}", description.name());
        }
        return open(description.in(mayStartEmpty ? MemberPhase.NEW : MemberPhase.LEAVING));
    }

    /**
     * A replica that served has failed and shows it. If what failed is its log, found damaged, and there are others to
     * copy it from, it leaves its group and is made anew.
     */
    public void failed(PartitionId id, Throwable cause) {
        table.change(id, ReplicaState.failed(String.valueOf(cause.getMessage())));
        if (isDamage(cause)) {
            try {
                ReplicaDescription description = directory.replica(id).describe();
                if (description.peers().size() > 1) {
                    var unused = next(id, () -> rebuild(description));
                }
            } catch (IOException | IllegalArgumentException e) {
                log.error("replica cannot be rebuilt partition={}", id, e);
            }
        }
    }

    private static boolean isDamage(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof CorruptBatchException) {
                return true;
            }
        }
        return false;
    }

    private CompletableFuture<Void> rebuild(ReplicaDescription description) {
        PartitionId id = description.id();
        return raft.stop(id.groupId())
                .thenRunAsync(
                        () -> table.find(id).ifPresent(broken -> {
                            if (broken.partition() != null) {
                                close(broken.partition());
                            }
                            table.put(new Replica(id, broken.name(), broken.state(), null));
                        }),
                        parts.pool())
                .thenCompose(stopped -> life(description).begin(MemberPhase.LEAVING));
    }

    /** Stops a replica and deletes its files. Only for a topic whose deletion was agreed. */
    public CompletableFuture<Void> delete(PartitionId id) {
        Optional<Partition> partition = table.find(id).map(Replica::partition);
        table.remove(id);
        return next(id, () -> deleteFiles(id, partition)).whenComplete((done, error) -> busy.remove(id));
    }

    private CompletableFuture<Void> deleteFiles(PartitionId id, Optional<Partition> partition) {
        return raft.delete(id.groupId())
                .thenRunAsync(
                        () -> {
                            partition.ifPresent(Replicas::close);
                            ReplicaDirectory replica = directory.replica(id);
                            try {
                                replica.delete();
                            } catch (IOException e) {
                                throw new UncheckedIOException("%s cannot be deleted".formatted(replica), e);
                            }
                        },
                        parts.pool());
    }

    /** Closes the logs of all replicas; their groups must have been stopped. */
    public void closeLogs() {
        table.all().stream().map(Replica::partition).filter(Objects::nonNull).forEach(Replicas::close);
    }

    private static void close(Partition partition) {
        try {
            partition.close();
        } catch (LogException e) {
            log.warn("log of a replica did not close cleanly partition={}", partition, e);
        }
    }

    /** One replica as a member of its Raft group. */
    private final class ReplicaMember implements MemberLife.Member {
        private final ReplicaDescription description;
        private final PartitionId id;

        ReplicaMember(ReplicaDescription description) {
            this.description = description;
            this.id = description.id();
        }

        @Override
        public boolean hasFiles() {
            return directory.replica(id).hasLog() && raft.exists(id.groupId());
        }

        @Override
        public CompletableFuture<Void> open(boolean joins) {
            Log opened;
            try {
                opened = store.open(
                        directory.replica(id).log(), description.segments().logConfig(parts.markInterval()));
            } catch (CorruptLogException | IOException e) {
                return CompletableFuture.failedFuture(e);
            }
            Partition partition =
                    new Partition(id, opened, parts.produce(), parts.maxEntryBytes(), parts.clock(), parts.events());
            return raft.open(id.groupId(), description.name(), description.peers(), joins, partition)
                    .thenAccept(group -> {
                        table.opened(id, partition);
                        partition.joined(group);
                    })
                    .whenComplete((done, error) -> {
                        if (error != null) {
                            close(partition);
                        }
                    });
        }

        @Override
        public boolean isOpen() {
            return table.find(id).map(Replica::partition).isPresent();
        }

        @Override
        public void record(MemberPhase phase) throws IOException {
            directory.replica(id).describe(description.in(phase));
        }

        @Override
        public void setFilesAside() throws IOException {
            Path place = directory.quarantine("%s-%d".formatted(id.topic(), id.partition()), parts.clock());
            directory.replica(id).setLogAside(place);
            raft.setAside(id.groupId(), place.resolve("raft"));
            log.warn("files of a replica were set aside partition={} place={}", description.name(), place);
        }

        @Override
        public List<Peer> peers() {
            return description.peers();
        }

        @Override
        public boolean votes() {
            return true;
        }

        @Override
        public void show(ReplicaState state) {
            table.change(id, state);
        }

        @Override
        public boolean isWanted() {
            return table.find(id).isPresent();
        }
    }
}
