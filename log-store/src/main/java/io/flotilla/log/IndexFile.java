package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an index file, the segment's start first; a sealed segment's last row is its end. Any run of rows from the
 * start is a good index, only a slower one, so nothing depends on when later rows become durable. Little endian.
 *
 * <pre>
 *   at  width  meaning
 *    0      8  offset
 *    8      8  raft index of the last frame before
 *   16      8  largest timestamp before, in this segment
 *   24      4  position in the segment file
 *   28      4  term of the last frame before
 *   32      4  number of this row, from 0
 *   36      4  CRC-32C of the segment's base offset (8 bytes) and bytes 0 to 35
 * </pre>
 */
final class IndexFile {
    static final int ROW_BYTES = 40;

    private static final int CHECKED_BYTES = 36;

    private IndexFile() {}

    /** Makes a file that holds {@code rows}, in place of what is there, durable but for its name. */
    static void replace(Disk disk, Path path, List<Boundary> rows) throws IOException {
        disk.delete(path);
        try (DiskFile file = disk.create(path)) {
            append(file, 0, rows.get(0).offset(), rows);
            file.force();
        }
    }

    /** Adds rows behind the first {@code firstNumber}. */
    static void append(DiskFile file, int firstNumber, long base, List<Boundary> rows) throws IOException {
        file.write((long) firstNumber * ROW_BYTES, List.of(ByteBuffer.wrap(encode(rows, firstNumber, base))));
    }

    /** Cuts off the first row that differs from {@code rows}, and all behind it; says how many are left. */
    static int keepOnly(Disk disk, Path path, List<Boundary> rows) throws IOException {
        if (!disk.exists(path)) {
            return 0;
        }
        byte[] wanted = encode(rows, 0, rows.get(0).offset());
        try (DiskFile file = disk.open(path)) {
            byte[] there = new byte[(int) Math.min(wanted.length, file.size())];
            file.read(0, there, 0, there.length);
            int differs = Arrays.mismatch(wanted, there);
            int same = (differs < 0 ? wanted.length : differs) / ROW_BYTES;
            if (file.size() > (long) same * ROW_BYTES) {
                // Rows that lead nowhere must be gone for good before others take their place.
                file.truncate((long) same * ROW_BYTES);
                file.force();
            }
            return same;
        }
    }

    /** How many rows a file of {@code size} bytes has room for. */
    static int rowsIn(long size) {
        return (int) Math.min(Integer.MAX_VALUE / ROW_BYTES, size / ROW_BYTES);
    }

    /** The row with this number, or null if it is missing or damaged. */
    static @Nullable Boundary row(DiskFile file, long base, int number) throws IOException {
        if (number < 0) {
            return null;
        }
        byte[] bytes = new byte[ROW_BYTES];
        int read = file.read((long) number * ROW_BYTES, bytes, 0, ROW_BYTES);
        return read < ROW_BYTES ? null : decode(bytes, 0, base, number);
    }

    /** Start and all rows up to the first that is missing, damaged or out of order. */
    static IndexRows load(Disk disk, Path path, Boundary start, int intervalBytes) throws IOException {
        IndexRows rows = new IndexRows(start, intervalBytes);
        if (!disk.exists(path)) {
            return rows;
        }
        try (DiskFile file = disk.openToRead(path)) {
            byte[] bytes = new byte[rowsIn(file.size()) * ROW_BYTES];
            int read = file.read(0, bytes, 0, bytes.length);
            for (int number = 1; (number + 1) * ROW_BYTES <= read; number++) {
                Boundary row = decode(bytes, number * ROW_BYTES, start.offset(), number);
                if (row == null || row.position() <= rows.lastRow().position()) {
                    break;
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** The first row, or null if there is no row or it is damaged. */
    static @Nullable Boundary firstRow(Disk disk, Path path, long base) throws IOException {
        if (!disk.exists(path)) {
            return null;
        }
        try (DiskFile file = disk.openToRead(path)) {
            return row(file, base, 0);
        }
    }

    /** The last row, or null if there is no row or it is damaged. */
    static @Nullable Boundary lastRow(Disk disk, Path path, long base) throws IOException {
        if (!disk.exists(path)) {
            return null;
        }
        try (DiskFile file = disk.openToRead(path)) {
            return row(file, base, rowsIn(file.size()) - 1);
        }
    }

    private static byte[] encode(List<Boundary> rows, int firstNumber, long base) {
        byte[] bytes = new byte[rows.size() * ROW_BYTES];
        for (int i = 0; i < rows.size(); i++) {
            encode(rows.get(i), base, firstNumber + i, bytes, i * ROW_BYTES);
        }
        return bytes;
    }

    private static void encode(Boundary row, long base, int number, byte[] bytes, int at) {
        Frames.putLong(bytes, at, row.offset());
        Frames.putLong(bytes, at + 8, row.raftIndex());
        Frames.putLong(bytes, at + 16, row.maxTimestampMs());
        Frames.putInt(bytes, at + 24, row.position());
        Frames.putInt(bytes, at + 28, row.term());
        Frames.putInt(bytes, at + 32, number);
        Frames.putInt(bytes, at + CHECKED_BYTES, crc(bytes, at, base));
    }

    private static @Nullable Boundary decode(byte[] bytes, int at, long base, int number) {
        boolean good = Frames.intAt(bytes, at + CHECKED_BYTES) == crc(bytes, at, base)
                && Frames.intAt(bytes, at + 32) == number;
        return good
                ? new Boundary(
                        Frames.longAt(bytes, at),
                        Frames.longAt(bytes, at + 8),
                        Frames.intAt(bytes, at + 28),
                        Frames.longAt(bytes, at + 16),
                        Frames.intAt(bytes, at + 24))
                : null;
    }

    private static int crc(byte[] bytes, int at, long base) {
        byte[] name = new byte[Long.BYTES];
        Frames.putLong(name, 0, base);
        CRC32C crc = new CRC32C();
        crc.update(name);
        crc.update(bytes, at, CHECKED_BYTES);
        return (int) crc.getValue();
    }
}
