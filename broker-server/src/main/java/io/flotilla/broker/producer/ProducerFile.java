package io.flotilla.broker.producer;

import io.flotilla.broker.storage.Directories;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that keeps a {@link ProducerSnapshot}: a CRC-32C of 4 bytes, big endian, then the snapshot. It is replaced as a
 * whole; one that cannot be read counts as none.
 */
final class ProducerFile {
    private static final Logger log = LoggerFactory.getLogger(ProducerFile.class);
    private static final int CRC_BYTES = 4;

    private final Path path;

    ProducerFile(Path path) {
        this.path = path;
    }

    Optional<ProducerSnapshot> read() {
        try {
            if (!Files.exists(path)) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(path);
            if (bytes.length < CRC_BYTES || ByteBuffer.wrap(bytes).getInt() != crc(bytes, CRC_BYTES)) {
                throw new IOException("its checksum is wrong");
            }
            return Optional.of(SnapshotCodec.decode(ByteBuffer.wrap(bytes, CRC_BYTES, bytes.length - CRC_BYTES)));
        } catch (IOException e) {
            log.warn("producers are read from the log, as a file is no good file={}", path, e);
            return Optional.empty();
        }
    }

    void replace(ProducerSnapshot snapshot) throws IOException {
        byte[] body = SnapshotCodec.encode(snapshot);
        ByteBuffer bytes = ByteBuffer.allocate(CRC_BYTES + body.length)
                .putInt(crc(body, 0))
                .put(body)
                .flip();
        replace(bytes.array());
    }

    /** @param content of such a file */
    void replace(byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        Path next = path.resolveSibling(path.getFileName() + ".next");
        try (FileChannel file = FileChannel.open(
                next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
            file.force(true);
        }
        Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Directories.force(path.toAbsolutePath().getParent());
    }

    private static int crc(byte[] bytes, int from) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
