package io.flotilla.broker.control;

import io.flotilla.broker.copy.ReplicaCopy;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.producer.Producers;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.storage.DiskFull;
import io.flotilla.broker.storage.MemberPhase;
import io.flotilla.broker.storage.ReplicaDescription;
import io.flotilla.broker.storage.SegmentSettings;
import io.flotilla.log.CorruptLogException;
import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.log.LogStore;
import io.flotilla.metadata.PartitionId;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One replica as a member of its Raft group. Owns the replica's log from the moment it is opened until it is closed; opened
 * and closed, and its description changed, by one step of the replica's life at a time.
 */
final class ReplicaMember implements MemberLife.Member {
    private static final Logger log = LoggerFactory.getLogger(ReplicaMember.class);

    private volatile ReplicaDescription description;
    private final PartitionId id;
    private final DataDirectory directory;
    private final LogStore store;
    private final RaftNode raft;
    private final PartitionTable table;
    private final Replicas.Parts parts;
    private volatile @Nullable Opened opened;
    private volatile boolean starved;

    /** What lives from one opening to the next. */
    private static final class Opened {
        private final Partition partition;
        private volatile @Nullable Throwable failure;
        private volatile boolean behind;

        Opened(Partition partition) {
            this.partition = partition;
        }
    }

    ReplicaMember(
            ReplicaDescription description,
            DataDirectory directory,
            LogStore store,
            RaftNode raft,
            PartitionTable table,
            Replicas.Parts parts) {
        this.description = description;
        this.id = description.id();
        this.directory = directory;
        this.store = store;
        this.raft = raft;
        this.table = table;
        this.parts = parts;
    }

    ReplicaDescription description() {
        return description;
    }

    @Override
    public boolean hasFiles() {
        return directory.replica(id).hasLog() && raft.exists(id.groupId());
    }

    @Override
    public CompletableFuture<Void> open(boolean joins) {
        Log files;
        Producers producers;
        try {
            files = store.open(
                    directory.replica(id).log(), description.segments().logConfig(parts.markInterval()));
        } catch (CorruptLogException | IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            producers = Producers.open(directory.replica(id).producers(), files);
        } catch (LogException e) {
            close(files);
            return CompletableFuture.failedFuture(e);
        }
        Partition partition = new Partition(
                id, files, producers, parts.produce(), parts.maxEntryBytes(), parts.clock(), parts.events());
        opened = new Opened(partition);
        starved = false;
        return raft.open(id.groupId(), description.name(), description.peers(), joins, partition)
                .whenComplete((group, error) -> {
                    if (error != null) {
                        closeLog();
                    }
                })
                .thenAccept(group -> {
                    table.opened(id, partition);
                    partition.joined(group);
                });
    }

    private void close(Log files) {
        try {
            files.close();
        } catch (LogException e) {
            log.warn("log of a replica did not close cleanly partition={}", description.name(), e);
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
        starved = DiskFull.isCauseOf(cause);
        raft.group(id.groupId()).ifPresent(group -> group.fail(cause));
    }

    /** The group has left service. False if it is not the one that is open now. */
    boolean failed(Partition partition, Throwable cause) {
        Opened open = opened;
        if (open == null || open.partition != partition) {
            return false;
        }
        open.failure = cause;
        starved = DiskFull.isCauseOf(cause);
        show(ReplicaState.failed(String.valueOf(cause.getMessage())));
        return true;
    }

    /** Whether it is out of service for want of disk space. */
    boolean isStarved() {
        return starved;
    }

    @Override
    public void record(MemberPhase phase) throws IOException {
        ReplicaDescription now = description.in(phase);
        directory.replica(id).describe(now);
        description = now;
    }

    /** Remembers first how the log is divided from now on, then does it. */
    void divide(SegmentSettings segments) {
        if (description.segments().equals(segments)) {
            return;
        }
        try {
            ReplicaDescription now = description.with(segments);
            directory.replica(id).describe(now);
            description = now;
            Opened open = opened;
            if (open != null) {
                open.partition.divideLog(segments.logConfig(parts.markInterval()));
            }
            log.info("log is divided anew from now on partition={} settings={}", description.name(), segments);
        } catch (LogException e) {
            log.warn("log of a replica takes no other settings partition={}", description.name(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("description of %s cannot be written".formatted(description.name()), e);
        }
    }

    @Override
    public void setFilesAside() throws IOException {
        Path place = directory.quarantine("%s-%d".formatted(id.topic(), id.partition()), parts.clock());
        directory.replica(id).setLogAside(place);
        raft.setAside(id.groupId(), place.resolve("raft"));
        log.warn("files of a replica were set aside partition={} place={}", description.name(), place);
    }

    @Override
    public boolean isBehind() {
        Opened open = opened;
        return open != null && open.behind;
    }

    /** The leader cannot send what it lacks. False if it is not the one that is open now. */
    boolean behind(Partition partition) {
        Opened open = opened;
        if (open == null || open.partition != partition) {
            return false;
        }
        open.behind = true;
        return true;
    }

    @Override
    public CompletableFuture<Void> copy(boolean begun) {
        return parts.copies()
                .take(() -> new ReplicaCopy(
                                id.groupId(),
                                description.name(),
                                description.peers().stream()
                                        .filter(peer -> peer.nodeId() != raft.nodeId())
                                        .toList(),
                                new OwnFiles(),
                                raft,
                                parts.pool(),
                                parts.pace(),
                                begun)
                        .run());
    }

    /** The replica's files while a copy is made. */
    private final class OwnFiles implements ReplicaCopy.Files {
        @Override
        public Log openLog(LogEnd origin) throws IOException, CorruptLogException {
            return store.open(
                    directory.replica(id).log(), description.segments().logConfig(parts.markInterval()), origin);
        }

        @Override
        public boolean hasLog() {
            return directory.replica(id).hasLog();
        }

        @Override
        public void deleteLog() throws IOException {
            directory.replica(id).deleteLog();
        }

        @Override
        public void replaceProducers(byte[] file) throws IOException {
            Producers.replace(directory.replica(id).producers(), file);
        }

        @Override
        public void begins() throws IOException {
            if (description.phase() == MemberPhase.MEMBER) {
                record(MemberPhase.CATCHING_UP);
            }
        }

        @Override
        public void progress(long offset, long end) {
            show(ReplicaState.rebuilding("copying the leader's log, offset %d of %d".formatted(offset, end)));
        }
    }

    @Override
    public CompletableFuture<Void> stop() {
        return raft.stop(id.groupId()).thenRunAsync(this::closeLog, parts.pool());
    }

    /** Stops it and deletes its files. */
    CompletableFuture<Void> delete() {
        return raft.delete(id.groupId())
                .thenRunAsync(
                        () -> {
                            closeLog();
                            deleteDirectory();
                        },
                        parts.pool());
    }

    private void deleteDirectory() {
        try {
            directory.replica(id).delete();
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be deleted".formatted(directory.replica(id)), e);
        }
    }

    /** Closes the log if it is open; the group must have been stopped. */
    void closeLog() {
        Opened open = opened;
        if (open == null) {
            return;
        }
        table.closed(id);
        opened = null;
        try {
            open.partition.close();
        } catch (LogException e) {
            log.warn("log of a replica did not close cleanly partition={}", description.name(), e);
        }
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
