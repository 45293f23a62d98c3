package io.flotilla.log;

import io.flotilla.log.io.Disk;
import io.flotilla.log.io.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a segment that takes the place of one or more others, under names that count for nothing yet. Frames stay in
 * order and records keep their offsets. The offsets of frames that are left out belong to the frame before, which then ends
 * where they ended; if there is none, to a frame without records. So the new segment covers what the old ones did, and ends
 * with the same raft index and term. Used by one thread.
 */
final class SegmentRewrite implements Closeable {
    private static final int WRITE_BYTES = 1 << 20;
    private final Disk disk;
    private final Path directory;
    private final Boundary start;
    private final byte[] noRecords;
    private final DiskFile file;
    private final IndexRows rows;
    private final List<ByteBuffer> unwritten = new ArrayList<>();
    private int unwrittenBytes;
    private Boundary end;
    private @Nullable BatchHeader held; // the last frame that stays, whose end is not known yet
    private byte[] heldBody = {};
    private @Nullable BatchHeader skipped; // the last frame that was left out since the last one that was not

    /** @param noRecords the body of a batch without records */
    SegmentRewrite(Disk disk, Path directory, Boundary start, int indexIntervalBytes, byte[] noRecords)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.start = start;
        this.noRecords = noRecords;
        this.rows = new IndexRows(start, indexIntervalBytes);
        this.end = start;
        Path path = SegmentNames.newLog(directory, start.offset());
        disk.delete(path);
        this.file = disk.create(path);
    }

    /** The next frame stays, with all of its records or some. */
    void keep(BatchHeader header, byte[] body) throws IOException {
        settleBefore(header.baseOffset());
        held = header;
        heldBody = body;
    }

    /** About how large the segment is so far. */
    long sizeBytes() {
        return (long) end.position() + BatchHeader.HEADER_BYTES + heldBody.length;
    }

    /** The next frame is left out. */
    void skip(BatchHeader header) {
        skipped = header;
    }

    /** Completes both files, durable, and says where the segment ends. */
    Boundary finish(long endOffset) throws IOException {
        settleBefore(endOffset);
        writeOut();
        file.force();
        List<Boundary> all = new ArrayList<>(rows.from(0));
        all.add(end);
        IndexFile.replace(disk, SegmentNames.newIndex(directory, start.offset()), all);
        disk.forceDirectory(directory);
        return end;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Writes what is held, and gives it the offsets up to {@code offset}. */
    private void settleBefore(long offset) throws IOException {
        BatchHeader last = skipped;
        if (held != null) {
            write(last == null ? held : held.until(last), heldBody);
        } else if (last != null) {
            write(last.from(start.offset()), noRecords);
        }
        held = null;
        skipped = null;
        if (end.offset() != offset) {
            throw new IllegalStateException(
                    "a rewritten segment got to offset %d where %d is next".formatted(end.offset(), offset));
        }
    }

    private void write(BatchHeader header, byte[] body) throws IOException {
        byte[] frame = Frames.encode(header, body);
        rows.pass(end);
        end = end.after(BatchHeader.read(frame, 0));
        unwritten.add(ByteBuffer.wrap(frame));
        unwrittenBytes += frame.length;
        if (unwrittenBytes >= WRITE_BYTES) {
            writeOut();
        }
    }

    private void writeOut() throws IOException {
        file.write((long) end.position() - unwrittenBytes, unwritten);
        unwritten.clear();
        unwrittenBytes = 0;
    }
}
