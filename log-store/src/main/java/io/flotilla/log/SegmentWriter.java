package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The active segment, where entries are written. Owned by whoever holds the log's file lock; readers get to see it through
 * {@link #view}.
 */
final class SegmentWriter {
    private static final int REWRITE_BYTES = 128 * 1024;

    private final Disk disk;
    private final Path directory;
    private final LogConfig config;
    private final long base;
    private final DiskFile file;
    private final IndexRows rows;
    private int rowsOnDisk;
    private Boundary end;
    private long firstAppendMs; // without meaning while the segment is empty

    private SegmentWriter(
            Disk disk, Path directory, LogConfig config, DiskFile file, IndexRows rows, int rowsOnDisk, Boundary end) {
        this.disk = disk;
        this.directory = directory;
        this.config = config;
        this.base = rows.first().offset();
        this.file = file;
        this.rows = rows;
        this.rowsOnDisk = rowsOnDisk;
        this.end = end;
    }

    /** A new segment, whose files are durable, with nothing in them. */
    static SegmentWriter create(Disk disk, Path directory, LogConfig config, Boundary start) throws IOException {
        IndexRows rows = new IndexRows(start, config.indexIntervalBytes());
        DiskFile file = disk.create(SegmentNames.log(directory, start.offset()));
        int rowsOnDisk = startIndex(disk, directory, rows);
        return new SegmentWriter(disk, directory, config, file, rows, rowsOnDisk, start);
    }

    /**
     * A segment that was written before. Whatever lies behind {@code end} is cut off, and what is left is durable.
     *
     * @param rows that lie before {@code end}; the writer's own from here on
     * @param durableTo position up to which the file is known to be durable
     */
    static SegmentWriter reopen(
            Disk disk, Path directory, LogConfig config, IndexRows rows, Boundary end, int durableTo)
            throws IOException {
        long base = rows.first().offset();
        DiskFile file = disk.open(SegmentNames.log(directory, base));
        try {
            file.truncate(end.position());
            makeDurable(file, durableTo, end.position());
            int rowsOnDisk = IndexFile.keepOnly(disk, SegmentNames.index(directory, base), rows.from(0));
            if (rowsOnDisk == 0) {
                rowsOnDisk = startIndex(disk, directory, rows);
            }
            SegmentWriter writer = new SegmentWriter(disk, directory, config, file, rows, rowsOnDisk, end);
            writer.firstAppendMs = end.position() == 0 ? 0 : firstAppendMs(file);
            return writer;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Makes bytes durable that another process wrote, and that may never have been forced. They are written again: if that
     * process met a failed force, they are in the page cache only, marked clean, and a force alone would pass them over.
     */
    static void makeDurable(DiskFile file, int from, int to) throws IOException {
        byte[] chunk = new byte[Math.min(REWRITE_BYTES, to - from)];
        for (int at = from; at < to; at += chunk.length) {
            int count = file.read(at, chunk, 0, Math.min(chunk.length, to - at));
            file.write(at, List.of(ByteBuffer.wrap(chunk, 0, count)));
        }
        file.force();
    }

    long base() {
        return base;
    }

    Boundary end() {
        return end;
    }

    SegmentFill fill() {
        return new SegmentFill(base, end.position(), firstAppendMs);
    }

    /** As readers may see it now. */
    Segment view() {
        return new Segment(base, SegmentNames.log(directory, base), end, rows);
    }

    /** Writes entries behind what is there. */
    void write(List<Entry> entries) throws IOException {
        List<ByteBuffer> buffers = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            buffers.add(ByteBuffer.wrap(entry.bytes()));
        }
        file.write(end.position(), buffers);
        for (Entry entry : entries) {
            pass(entry);
        }
    }

    /** Makes what was written durable. */
    void force() throws IOException {
        file.force();
    }

    /** Writes the index rows that are only in memory; not forced, since a shorter index is a good one. */
    void saveRows() throws IOException {
        List<Boundary> unsaved = rows.from(rowsOnDisk);
        if (unsaved.isEmpty()) {
            return;
        }
        try (DiskFile index = disk.open(SegmentNames.index(directory, base))) {
            IndexFile.append(index, rowsOnDisk, base, unsaved);
        }
        rowsOnDisk += unsaved.size();
    }

    /** Completes the files, durably, and closes them. What was written must have been forced. */
    Segment seal() throws IOException {
        List<Boundary> last = new ArrayList<>(rows.from(rowsOnDisk));
        last.add(end);
        try (DiskFile index = disk.open(SegmentNames.index(directory, base))) {
            IndexFile.append(index, rowsOnDisk, base, last);
            index.force();
        }
        file.close();
        return new Segment(
                base,
                SegmentNames.log(directory, base),
                end,
                new SealedIndex(disk, directory, rows.first(), end, config.indexIntervalBytes()));
    }

    void close() throws IOException {
        file.close();
    }

    private void pass(Entry entry) {
        if (end.position() == 0) {
            firstAppendMs = entry.fill().firstAppendMs();
        }
        byte[] bytes = entry.bytes();
        for (int at = 0; at < bytes.length; ) {
            BatchHeader header = BatchHeader.read(bytes, at);
            rows.pass(end);
            end = end.after(header);
            at += header.frameBytes();
        }
    }

    /** The first row says what came before the segment. Nothing else does once that is trimmed, so it is forced. */
    private static int startIndex(Disk disk, Path directory, IndexRows rows) throws IOException {
        IndexFile.replace(disk, SegmentNames.index(directory, rows.first().offset()), rows.from(0));
        disk.forceDirectory(directory);
        return rows.count();
    }

    private static long firstAppendMs(DiskFile file) throws IOException {
        byte[] header = new byte[BatchHeader.HEADER_BYTES];
        file.read(0, header, 0, header.length);
        return Frames.longAt(header, Frames.APPEND_TIME);
    }
}
