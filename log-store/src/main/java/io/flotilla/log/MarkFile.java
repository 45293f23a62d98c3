package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code mark}: three slots, 4 KiB apart, of which the valid one with the highest sequence counts. Two take
 * turns and are forced, so that a torn write never takes the newest forced mark with it. The third is written after every
 * flush and not forced: it survives the end of the process, so what a killed process had flushed is known exactly.
 *
 * <pre>
 *   at  width  meaning, little endian
 *    0      4  "FMK1"
 *    4      4  1 while a truncation runs
 *    8      8  sequence
 *   16      8  base offset of the active segment
 *   24      8  end: offset
 *   32      8  end: raft index
 *   40      8  end: largest timestamp in the segment
 *   48      4  end: position
 *   52      4  end: term
 *   56      8  stored raft index
 *   64      8  log start
 *   72      8  truncated from
 *   80      8  kept from
 *   88      4  CRC-32C of bytes 0 to 87
 * </pre>
 *
 * Owned by whoever holds the log's file lock.
 */
final class MarkFile {
    static final String NAME = "mark";
    static final int SLOT_DISTANCE = 4096;
    static final int SLOTS = 3;

    static final String NEW_NAME = "mark.new";
    private static final int MAGIC = 0x314B4D46;
    private static final int CHECKED_BYTES = 88;
    private static final int SLOT_BYTES = CHECKED_BYTES + 4;
    private static final int UNFORCED_SLOT = 2;
    private static final int CUT_RUNNING = 1;

    private final DiskFile file;
    private long sequence;
    private int nextForcedSlot;

    private MarkFile(DiskFile file, long sequence, int nextForcedSlot) {
        this.file = file;
        this.sequence = sequence;
        this.nextForcedSlot = nextForcedSlot;
    }

    /** A mark and the slot it was found in. */
    private record Numbered(int slot, long sequence, Mark mark) {}

    /** Whether a log was ever created in the directory. */
    static boolean exists(Disk disk, Path directory) {
        return disk.exists(directory.resolve(NAME));
    }

    /** Makes the file appear, with {@code mark} in it, at once. */
    static void create(Disk disk, Path directory, Mark mark) throws IOException {
        Path unfinished = directory.resolve(NEW_NAME);
        disk.delete(unfinished);
        try (DiskFile file = disk.create(unfinished)) {
            // All slots have their place from the start: writing one never changes the size of the file.
            file.write(0, List.of(ByteBuffer.allocate(SLOTS * SLOT_DISTANCE)));
            new MarkFile(file, 0, 0).write(mark);
        }
        disk.rename(unfinished, directory.resolve(NAME));
        disk.forceDirectory(directory);
    }

    /** The newest mark, without opening it for writing; null if there is none, or none that is valid. */
    static @Nullable Mark newest(Disk disk, Path directory) throws IOException {
        try (DiskFile file = disk.openToRead(directory.resolve(NAME))) {
            Numbered newest = newest(file);
            return newest == null ? null : newest.mark;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /**
     * To write marks that are newer than all that are there, of which one must be valid. The newest is durable on return: a
     * killed process may have left it unforced, and what it permits must not be done before it is certain.
     */
    static MarkFile open(Disk disk, Path directory) throws IOException {
        DiskFile file = disk.open(directory.resolve(NAME));
        Numbered newest = newest(file);
        if (newest == null) {
            throw new IOException("no slot of %s is valid".formatted(directory.resolve(NAME)));
        }
        // Written again, since a force that once failed would not write it.
        file.write((long) newest.slot * SLOT_DISTANCE, List.of(ByteBuffer.wrap(encode(newest.sequence, newest.mark))));
        file.force();
        Numbered first = slot(file, 0);
        Numbered second = slot(file, 1);
        boolean firstIsNewer = first != null && (second == null || first.sequence > second.sequence);
        return new MarkFile(file, newest.sequence, firstIsNewer ? 1 : 0);
    }

    /** Writes a mark that survives a power loss. */
    void write(Mark mark) throws IOException {
        put(nextForcedSlot, mark);
        file.force();
        nextForcedSlot = 1 - nextForcedSlot;
    }

    /** Writes a mark that survives the end of the process, but perhaps not a power loss. */
    void writeUnforced(Mark mark) throws IOException {
        put(UNFORCED_SLOT, mark);
    }

    void close() throws IOException {
        file.close();
    }

    private void put(int slot, Mark mark) throws IOException {
        sequence++;
        byte[] bytes = encode(sequence, mark);
        file.write((long) slot * SLOT_DISTANCE, List.of(ByteBuffer.wrap(bytes)));
    }

    private static @Nullable Numbered newest(DiskFile file) throws IOException {
        Numbered newest = null;
        for (int slot = 0; slot < SLOTS; slot++) {
            Numbered candidate = slot(file, slot);
            if (candidate != null && (newest == null || candidate.sequence > newest.sequence)) {
                newest = candidate;
            }
        }
        return newest;
    }

    private static byte[] encode(long sequence, Mark mark) {
        byte[] bytes = new byte[SLOT_BYTES];
        Boundary end = mark.end();
        Frames.putInt(bytes, 0, MAGIC);
        Frames.putInt(bytes, 4, mark.cutRunning() ? CUT_RUNNING : 0);
        Frames.putLong(bytes, 8, sequence);
        Frames.putLong(bytes, 16, mark.segmentBase());
        Frames.putLong(bytes, 24, end.offset());
        Frames.putLong(bytes, 32, end.raftIndex());
        Frames.putLong(bytes, 40, end.maxTimestampMs());
        Frames.putInt(bytes, 48, end.position());
        Frames.putInt(bytes, 52, end.term());
        Frames.putLong(bytes, 56, mark.storedRaftIndex());
        Frames.putLong(bytes, 64, mark.logStart());
        Frames.putLong(bytes, 72, mark.truncatedFrom());
        Frames.putLong(bytes, 80, mark.keptFrom());
        Frames.putInt(bytes, CHECKED_BYTES, crc(bytes));
        return bytes;
    }

    private static @Nullable Numbered slot(DiskFile file, int slot) throws IOException {
        byte[] bytes = new byte[SLOT_BYTES];
        int read = file.read((long) slot * SLOT_DISTANCE, bytes, 0, SLOT_BYTES);
        boolean good = read == SLOT_BYTES
                && Frames.intAt(bytes, 0) == MAGIC
                && Frames.intAt(bytes, CHECKED_BYTES) == crc(bytes);
        if (!good) {
            return null;
        }
        Boundary end = new Boundary(
                Frames.longAt(bytes, 24),
                Frames.longAt(bytes, 32),
                Frames.intAt(bytes, 52),
                Frames.longAt(bytes, 40),
                Frames.intAt(bytes, 48));
        return new Numbered(
                slot,
                Frames.longAt(bytes, 8),
                new Mark(
                        Frames.longAt(bytes, 16),
                        end,
                        Frames.longAt(bytes, 56),
                        Frames.longAt(bytes, 64),
                        Frames.longAt(bytes, 72),
                        (Frames.intAt(bytes, 4) & CUT_RUNNING) != 0,
                        Frames.longAt(bytes, 80)));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, CHECKED_BYTES);
        return (int) crc.getValue();
    }
}
