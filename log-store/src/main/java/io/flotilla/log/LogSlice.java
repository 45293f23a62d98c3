package io.flotilla.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Whole frames, one after another. Immutable; keeps its bytes alive, so it stays good when the log is trimmed, truncated
 * or closed. The bytes may be shared with the log: not to be changed.
 */
public final class LogSlice {
    private static final byte[] NO_BYTES = {};

    private final long firstOffset;
    private final long nextOffset;
    private final List<Part> parts;
    private final int sizeBytes;

    /** Frames that lie in {@code bytes} from {@code from} to {@code to}, exclusive. */
    static final class Part {
        final byte[] bytes;
        final int from;
        final int to;

        Part(byte[] bytes, int from, int to) {
            this.bytes = bytes;
            this.from = from;
            this.to = to;
        }
    }

    LogSlice(long firstOffset, long nextOffset, List<Part> parts) {
        this.firstOffset = firstOffset;
        this.nextOffset = nextOffset;
        this.parts = List.copyOf(parts);
        int size = 0;
        for (Part part : parts) {
            size = Math.addExact(size, part.to - part.from);
        }
        this.sizeBytes = size;
    }

    static LogSlice emptyAt(long offset) {
        return new LogSlice(offset, offset, List.of());
    }

    /** Offset of the first record of the first frame; may be below the offset that was asked for. */
    public long firstOffset() {
        return firstOffset;
    }

    /** Where to read on: the offset after the last frame. */
    public long nextOffset() {
        return nextOffset;
    }

    public int sizeBytes() {
        return sizeBytes;
    }

    public boolean isEmpty() {
        return sizeBytes == 0;
    }

    /** Writes all frames as they are on disk, in few large pieces. */
    public void writeTo(OutputStream out) throws IOException {
        for (Part part : parts) {
            out.write(part.bytes, part.from, part.to - part.from);
        }
    }

    /** The frames as one array, which is the log's own if they lie in it alone; not to be changed. */
    public byte[] bytes() {
        if (parts.size() == 1) {
            Part only = parts.get(0);
            if (only.from == 0 && only.to == only.bytes.length) {
                return only.bytes;
            }
        }
        byte[] all = parts.isEmpty() ? NO_BYTES : new byte[sizeBytes];
        int at = 0;
        for (Part part : parts) {
            System.arraycopy(part.bytes, part.from, all, at, part.to - part.from);
            at += part.to - part.from;
        }
        return all;
    }

    /** Calls {@code visitor} for each frame in order. */
    public void forEachFrame(FrameVisitor visitor) {
        for (Part part : parts) {
            int at = part.from;
            while (at < part.to) {
                BatchHeader header = BatchHeader.read(part.bytes, at);
                visitor.frame(
                        header,
                        ByteBuffer.wrap(part.bytes, at + BatchHeader.HEADER_BYTES, header.bodyBytes())
                                .slice()
                                .asReadOnlyBuffer());
                at += header.frameBytes();
            }
        }
    }

    /** Takes one frame after another. */
    @FunctionalInterface
    public interface FrameVisitor {
        /**
         * Called for the next frame.
         *
         * @param body read-only view of the log's bytes; may be kept
         */
        void frame(BatchHeader header, ByteBuffer body);
    }
}
