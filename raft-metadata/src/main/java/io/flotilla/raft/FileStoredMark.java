package io.flotilla.raft;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A {@link StoredMark} in a small file of two slots, each on its own sector and with a checksum. The first is written
 * and forced when the mark is lowered; the second is written without force after each flush, which is enough to survive
 * the death of the process. Whichever valid slot was written last counts.
 *
 * <pre>
 *   at  width  field           (big endian; slots at 0 and 512)
 *    0      8  sequence        counts writes
 *    8      8  storedIndex
 *   16      4  crc32c          over bytes 0 to 15
 * </pre>
 */
public final class FileStoredMark implements StoredMark, Closeable {
    private static final int SLOT_BYTES = 512;
    private static final int FIELDS_BYTES = 20;
    private static final int FORCED = 0;
    private static final int UNFORCED = SLOT_BYTES;

    private final FileChannel file;
    private long sequence;
    private volatile long storedIndex;

    private FileStoredMark(FileChannel file, long sequence, long storedIndex) {
        this.file = file;
        this.sequence = sequence;
        this.storedIndex = storedIndex;
    }

    /** Opens the mark, or makes one that says {@link StoredMark#NOTHING}. */
    public static FileStoredMark open(Path path) throws IOException, UntrustedLogException {
        boolean fresh = !Files.exists(path);
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        FileStoredMark mark = new FileStoredMark(file, 0, NOTHING);
        if (fresh) {
            mark.write(FORCED);
            file.force(true);
            try (FileChannel directory = FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                directory.force(true);
            }
        } else {
            boolean forced = mark.load(FORCED);
            boolean unforced = mark.load(UNFORCED);
            if (!forced && !unforced) {
                file.close();
                throw new UntrustedLogException("%s has no valid slot".formatted(path));
            }
        }
        return mark;
    }

    @Override
    public long storedIndex() {
        return storedIndex;
    }

    @Override
    public synchronized void confirm(long index) throws IOException {
        if (index > storedIndex) {
            storedIndex = index;
            write(UNFORCED);
        }
    }

    @Override
    public synchronized void lower(long index) throws IOException {
        if (index <= storedIndex) {
            storedIndex = index - 1;
            write(FORCED);
            file.force(false);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        write(FORCED);
        file.force(false);
        file.close();
    }

    private void write(int at) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(FIELDS_BYTES).putLong(++sequence).putLong(storedIndex);
        slot.putInt(crc(slot)).flip();
        while (slot.hasRemaining()) {
            file.write(slot, at + slot.position());
        }
    }

    private boolean load(int at) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(FIELDS_BYTES);
        while (slot.hasRemaining()) {
            if (file.read(slot, at + slot.position()) < 0) {
                return false;
            }
        }
        if (slot.getInt(FIELDS_BYTES - Integer.BYTES) != crc(slot)) {
            return false;
        }
        if (slot.getLong(0) > sequence) {
            sequence = slot.getLong(0);
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
