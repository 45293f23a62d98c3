package io.flotilla.metadata.quorum;

import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** The last {@link Snapshot} on disk, replaced as a whole. Written by one thread at a time, read by any. */
public final class SnapshotFile {
    private final Path path;

    public SnapshotFile(Path path) {
        this.path = path;
    }

    /**
     * {@link Snapshot#NONE} if there is no file.
     *
     * @throws UntrustedLogException if the file is damaged
     */
    Snapshot read() throws IOException, UntrustedLogException {
        byte[] bytes = bytes();
        try {
            return bytes.length == 0 ? Snapshot.NONE : Snapshot.decode(bytes);
        } catch (UntrustedLogException e) {
            throw new UntrustedLogException("%s: %s".formatted(path, e.getMessage()));
        }
    }

    /** Empty if there is no file. */
    byte[] bytes() throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    /** Durable on return. */
    void write(Snapshot snapshot) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try (FileChannel file = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(snapshot.encode());
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** Moves the file, if there is one, out of the way. */
    public void setAside(Path to) throws IOException {
        if (Files.exists(path)) {
            Files.move(path, to);
        }
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
