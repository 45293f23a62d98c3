package io.flotilla.broker.storage;

import io.flotilla.metadata.PartitionId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The data directory of one broker, locked while the broker runs.
 *
 * <pre>
 *   lock
 *   node.properties                      whose directory this is
 *   metadata/stored                      what the node counted as stored of the metadata log
 *   raft/GROUP/                          Raft logs and votes, one directory per group
 *   partitions/TOPICID-N/replica.properties
 *   partitions/TOPICID-N/log/            segments
 *   quarantine/                          what could not be trusted, for a person to look at
 * </pre>
 *
 * <p>Owner: this object's lock, of the node's identity; any thread reads what was written last.
 */
public final class DataDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);

    /** What may be in a directory that is new: left by a first start that was killed, or by the file system's making. */
    private static final Set<String> NOBODYS = Set.of("lock", "node.properties.next", "lost+found");

    private final Path root;
    private final FileChannel lockFile;
    private final PropertiesFile identityFile;
    private volatile NodeIdentity identity;

    private DataDirectory(Path root, FileChannel lockFile, PropertiesFile identityFile, NodeIdentity identity) {
        this.root = root;
        this.lockFile = lockFile;
        this.identityFile = identityFile;
        this.identity = identity;
    }

    /** Opens the directory for broker {@code nodeId}, making it if there is none. */
    public static DataDirectory open(Path root, int nodeId, UUID newDirectoryId)
            throws IOException, UnusableDirectoryException {
        try {
            Directories.create(root);
        } catch (IOException e) {
            throw new UnusableDirectoryException("data directory %s cannot be made: %s".formatted(root, e), e);
        }
        FileChannel lockFile =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(lockFile) == null) {
            lockFile.close();
            throw new UnusableDirectoryException(
                    "data directory %s is in use by another process; stop that one or choose another --data"
                            .formatted(root));
        }
        try {
            PropertiesFile file = new PropertiesFile(root.resolve("node.properties"));
            NodeIdentity identity = file.exists()
                    ? existing(root, file, nodeId)
                    : fresh(
                            root,
                            file,
                            new NodeIdentity(
                                    nodeId, newDirectoryId, NodeIdentity.NO_CLUSTER, List.of(), MemberPhase.NEW));
            for (String part : List.of("metadata", "raft", "partitions", "quarantine")) {
                Directories.create(root.resolve(part));
            }
            return new DataDirectory(root, lockFile, file, identity);
        } catch (IOException | UnusableDirectoryException e) {
            lockFile.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // by another broker in this process
        }
    }

    private static NodeIdentity existing(Path root, PropertiesFile file, int nodeId)
            throws IOException, UnusableDirectoryException {
        NodeIdentity identity;
        try {
            identity = NodeIdentity.fromProperties(file.read());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new UnusableDirectoryException("%s is damaged: %s".formatted(file, e.getMessage()), e);
        }
        if (identity.nodeId() != nodeId) {
            throw new UnusableDirectoryException(
                    "data directory %s belongs to broker %d, not %d; start with --id %d or choose another --data"
                            .formatted(root, identity.nodeId(), nodeId, identity.nodeId()));
        }
        return identity;
    }

    private static NodeIdentity fresh(Path root, PropertiesFile file, NodeIdentity identity)
            throws IOException, UnusableDirectoryException {
        try (Stream<Path> present = Files.list(root)) {
            List<String> others = present.map(p -> p.getFileName().toString())
                    .filter(name -> !NOBODYS.contains(name))
                    .toList();
            if (!others.isEmpty()) {
                throw new UnusableDirectoryException(
                        "%s has files (%s) but no node.properties; it is no data directory, choose an empty --data"
                                .formatted(root, others.get(0)));
            }
        }
        file.replace(identity.toProperties());
        return identity;
    }

    public NodeIdentity identity() {
        return identity;
    }

    /** Writes down what has changed, one change after another. A directory never changes its node or its cluster. */
    public synchronized void update(UnaryOperator<NodeIdentity> change) throws IOException {
        NodeIdentity now = change.apply(identity);
        if (!now.equals(identity)) {
            identityFile.replace(now.toProperties());
            identity = now;
        }
    }

    public Path root() {
        return root;
    }

    public Path raft() {
        return root.resolve("raft");
    }

    public Path metadataMark() {
        return root.resolve("metadata").resolve("stored");
    }

    public Path metadataSnapshot() {
        return root.resolve("metadata").resolve("snapshot");
    }

    /** A fresh place for files that cannot be trusted. */
    public Path quarantine(String name, InstantSource clock) throws IOException {
        for (long stamp = clock.millis(); ; stamp++) {
            Path place = root.resolve("quarantine").resolve(name + "-" + stamp);
            if (!Files.exists(place)) {
                return Directories.create(place);
            }
        }
    }

    public ReplicaDirectory replica(PartitionId id) {
        return new ReplicaDirectory(root.resolve("partitions").resolve(directoryName(id)));
    }

    private static String directoryName(PartitionId id) {
        return "%s-%d".formatted(id.topic(), id.partition());
    }

    /** The replicas that have files here. Directories that are not what they say, or say nothing, are left alone. */
    public List<ReplicaDescription> replicas() throws IOException {
        List<ReplicaDescription> found = new ArrayList<>();
        try (Stream<Path> directories = Files.list(root.resolve("partitions"))) {
            for (Path directory : (Iterable<Path>) directories.sorted()::iterator) {
                try {
                    found.add(describe(directory));
                } catch (IOException | IllegalArgumentException e) {
                    log.error("no replica can be made of a directory; it is left alone directory={}", directory, e);
                }
            }
        }
        return found;
    }

    private ReplicaDescription describe(Path directory) throws IOException {
        ReplicaDescription description = new ReplicaDirectory(directory).describe();
        if (!directory.endsWith(directoryName(description.id()))) {
            throw new IOException("its description is that of another replica, %s".formatted(description.name()));
        }
        return description;
    }

    /** The directories of the replicas below {@code root}, a data directory that need not be open. */
    public static List<ReplicaDirectory> replicasBelow(Path root) throws IOException {
        try (Stream<Path> directories = Files.list(root.resolve("partitions"))) {
            return directories
                    .sorted()
                    .map(ReplicaDirectory::new)
                    .filter(ReplicaDirectory::exists)
                    .toList();
        }
    }

    /** Bytes a process may still write. */
    public long freeBytes() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
