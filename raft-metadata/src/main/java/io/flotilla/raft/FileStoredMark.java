package io.flotilla.raft;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A {@link StoredMark} in a small file of two slots, each on a sector of its own and with a checksum. They are written in
 * turn, so that a torn write leaves the one before it, and without force, which is enough to survive the death of the
 * process. The valid slot that was written last counts.
 *
 * <pre>
 *   at  width  field           (big endian; slots at 0 and 4096)
 *    0      8  sequence        counts writes, from 1; even ones go to the first slot
 *    8      8  storedIndex
 *   16      4  crc32c          over bytes 0 to 15
 * </pre>
 */
public final class FileStoredMark implements StoredMark, Closeable {
    private static final int SLOT_BYTES = 4096;
    private static final int FIELDS_BYTES = 20;

    private final FileChannel file;
    private long sequence;
    private volatile long storedIndex = NOTHING;

    private FileStoredMark(FileChannel file) {
        this.file = file;
    }

    /**
     * Opens the mark, or makes one that says {@link StoredMark#NOTHING}; a new mark appears whole or not at all.
     *
     * @throws UntrustedLogException if neither slot is whole, so that nobody knows what was stored
     */
    public static FileStoredMark open(Path path) throws IOException, UntrustedLogException {
        if (!Files.exists(path)) {
            create(path);
        }
        FileStoredMark mark =
                new FileStoredMark(FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
        boolean first = mark.load(0);
        boolean second = mark.load(SLOT_BYTES);
        if (!first && !second) {
            mark.file.close();
            throw new UntrustedLogException("%s has no valid slot".formatted(path));
        }
        return mark;
    }

    private static void create(Path path) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".new");
        try (FileChannel file = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            new FileStoredMark(file).write();
            file.force(true);
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public long storedIndex() {
        return storedIndex;
    }

    @Override
    public synchronized void confirm(long index) throws IOException {
        if (index > storedIndex) {
            storedIndex = index;
            write();
        }
    }

    /** Forces the mark; closing it again does nothing. */
    @Override
    public synchronized void close() throws IOException {
        if (file.isOpen()) {
            file.force(false);
            file.close();
        }
    }

    private void write() throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(FIELDS_BYTES).putLong(++sequence).putLong(storedIndex);
        slot.putInt(crc(slot)).flip();
        long at = sequence % 2 * SLOT_BYTES;
        while (slot.hasRemaining()) {
            file.write(slot, at + slot.position());
        }
    }

    private boolean load(long at) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(FIELDS_BYTES);
        while (slot.hasRemaining()) {
            if (file.read(slot, at + slot.position()) < 0) {
                return false;
            }
        }
        long written = slot.getLong(0);
        if (written <= 0 || slot.getInt(FIELDS_BYTES - Integer.BYTES) != crc(slot)) {
            return false;
        }
        if (written > sequence) {
            sequence = written;
            storedIndex = slot.getLong(Long.BYTES);
        }
        return true;
    }

    private static int crc(ByteBuffer slot) {
        CRC32C crc = new CRC32C();
        crc.update(slot.slice(0, FIELDS_BYTES - Integer.BYTES));
        return (int) crc.getValue();
    }
}
