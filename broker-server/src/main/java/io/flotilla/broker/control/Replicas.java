package io.flotilla.broker.control;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.copy.Pace;
import io.flotilla.broker.copy.Turns;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.PartitionTable.Replica;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.broker.storage.SegmentSettings;
import io.flotilla.log.CorruptBatchException;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogStore;
import io.flotilla.metadata.PartitionId;
import io.flotilla.raft.Membership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftNode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens, rebuilds, closes and deletes this broker's replicas; what each does is in the {@link PartitionTable}. What is done
 * to one replica is done one after another.
 */
public final class Replicas {
    private static final Logger log = LoggerFactory.getLogger(Replicas.class);

    private final DataDirectory directory;
    private final LogStore store;
    private final RaftNode raft;
    private final Membership membership;
    private final PartitionTable table;
    private final Parts parts;
    private final ConcurrentMap<PartitionId, ReplicaMember> members = new ConcurrentHashMap<>();
    /** Ends of the last steps of those to whom something is being done. */
    private final ConcurrentMap<PartitionId, CompletableFuture<Void>> busy = new ConcurrentHashMap<>();

    /**
     * What a replica is made with.
     *
     * @param self this broker as a member of groups
     * @param markInterval see {@link LogConfig#markInterval}
     * @param pool opens and deletes
     * @param loop retries
     * @param copies replicas that copy their log from another broker
     * @param pace of what they copy
     */
    public record Parts(
            Peer self,
            ProduceConfig produce,
            int maxEntryBytes,
            InstantSource clock,
            Duration markInterval,
            Partition.Events events,
            ExecutorService pool,
            Loop loop,
            Turns copies,
            Pace pace) {}

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
        PartitionId id = description.id();
        ReplicaMember member = new ReplicaMember(description, directory, store, raft, table, parts);
        members.put(id, member);
        table.put(new Replica(id, description.name(), ReplicaState.OPENING, null));
        return next(id, () -> life(member).begin(description.phase()));
    }

    private MemberLife life(ReplicaMember member) {
        ReplicaDescription description = member.description();
        return new MemberLife(
                description.id().groupId(),
                description.name(),
                parts.self(),
                membership,
                parts.pool(),
                parts.loop(),
                member);
    }

    private CompletableFuture<Void> next(PartitionId id, Supplier<CompletableFuture<Void>> step) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        CompletableFuture<Void> before = busy.put(id, end);
        CompletableFuture<Void> ready =
                before == null ? CompletableFuture.completedFuture(null) : before.handle((done, error) -> null);
        var unused = ready.thenCompose(ended -> step.get()).whenComplete((done, error) -> {
            busy.remove(id, end);
            if (error == null) {
                end.complete(null);
            } else {
                log.error("a step of a replica's life has failed partition={}", id, error);
                end.completeExceptionally(error);
            }
        });
        return end;
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
     * A replica has left service; it shows that. If what failed is its log, found damaged, and there are others to copy it
     * from, it leaves its group and is made anew.
     */
    public void failed(Partition partition, Throwable cause) {
        ReplicaMember member = members.get(partition.id());
        if (member != null
                && member.failed(partition, cause)
                && isDamage(cause)
                && member.peers().size() > 1) {
            var unused = next(partition.id(), () -> rebuild(member));
        }
    }

    /** A replica gets nothing more from the leader until it has copied what the leader's Raft log has forgotten. */
    public void behind(Partition partition) {
        ReplicaMember member = members.get(partition.id());
        if (member != null && member.behind(partition) && member.description().phase() == MemberPhase.MEMBER) {
            var unused = next(
                    partition.id(),
                    () -> member.isWanted() && member.isBehind()
                            ? life(member).catchUp()
                            : CompletableFuture.completedFuture(null));
        }
    }

    /** There is disk space: those who left service for want of it are opened again. To be called now and then. */
    public void feedTheStarved() {
        members.forEach((id, member) -> {
            if (member.isStarved() && !busy.containsKey(id)) {
                log.info(
                        "there is disk space again, replica is opened partition={}",
                        member.description().name());
                var unused = next(
                        id,
                        () -> member.isWanted() && member.isStarved()
                                ? life(member).reopen()
                                : CompletableFuture.completedFuture(null));
            }
        });
    }

    private static boolean isDamage(Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof CorruptBatchException) {
                return true;
            }
        }
        return false;
    }

    private CompletableFuture<Void> rebuild(ReplicaMember member) {
        return member.isWanted()
                ? member.stop().thenCompose(stopped -> life(member).begin(MemberPhase.LEAVING))
                : CompletableFuture.completedFuture(null);
    }

    /** Divides the replica's log anew from now on, unless something else is being done to it; to be called now and then. */
    public void divide(PartitionId id, SegmentSettings segments) {
        ReplicaMember member = members.get(id);
        if (member != null && !member.description().segments().equals(segments) && !busy.containsKey(id)) {
            var unused = next(id, () -> CompletableFuture.runAsync(() -> member.divide(segments), parts.pool()))
                    .exceptionally(error -> {
                        log.warn("settings of a replica's log could not be changed replica={}", id, error);
                        return null;
                    });
        }
    }

    /** Stops a replica and deletes its files. Only for a topic whose deletion was agreed. */
    public CompletableFuture<Void> delete(PartitionId id) {
        table.remove(id);
        ReplicaMember member = members.remove(id);
        return member == null ? CompletableFuture.completedFuture(null) : next(id, member::delete);
    }

    /** Closes the logs of all replicas; their groups must have been stopped. */
    public void closeLogs() {
        members.values().forEach(ReplicaMember::closeLog);
    }
}
