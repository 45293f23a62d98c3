package io.flotilla.log;

import io.flotilla.log.io.DiskFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Walks the frames of a segment file from a boundary on, checking each. Stops at the first that is damaged or does not
 * continue the one before. Used by one thread; the file stays the caller's.
 */
final class FrameScanner {
    /** How far to check a frame: a body costs reading it. */
    enum Check {
        HEADERS,
        BODIES
    }

    private static final int WINDOW_BYTES = 64 * 1024;

    private final Path path;
    private final DiskFile file;
    private final int limit;
    private final Check check;
    private final byte[] window;
    private int windowStart;
    private int windowBytes;
    private Boundary before;
    private Boundary after;
    private @Nullable String problem;

    /** @param limit position at which to stop, exclusive */
    FrameScanner(Path path, DiskFile file, Boundary from, int limit, Check check) {
        this.path = path;
        this.file = file;
        this.limit = limit;
        this.check = check;
        this.window = new byte[Math.max(0, Math.min(WINDOW_BYTES, limit - from.position()))];
        this.before = from;
        this.after = from;
    }

    /** The next frame's header; null at the limit, or if what follows is not a good frame: see {@link #problem}. */
    @Nullable
    BatchHeader next() throws IOException {
        if (after.position() >= limit || problem != null) {
            return null;
        }
        int position = after.position();
        int at = load(position, BatchHeader.HEADER_BYTES);
        problem = Frames.problemInHeader(window, at, windowBytes);
        if (problem != null) {
            return null;
        }
        BatchHeader header = BatchHeader.read(window, at);
        problem = problemIn(header, position);
        if (problem != null) {
            return null;
        }
        before = after;
        after = after.after(header);
        return header;
    }

    /** As {@link #next}, but null only at the limit. */
    @Nullable
    BatchHeader nextGood() throws IOException, BadFrameException {
        BatchHeader header = next();
        if (problem != null) {
            throw new BadFrameException(path, after.position(), problem);
        }
        return header;
    }

    /** The place before the last frame returned. */
    Boundary before() {
        return before;
    }

    /** The place after the last frame returned. */
    Boundary after() {
        return after;
    }

    /** Why no good frame lies at {@link #after}, or null if none was looked for or the limit was reached. */
    @Nullable
    String problem() {
        return problem;
    }

    private @Nullable String problemIn(BatchHeader header, int position) throws IOException {
        if (header.frameBytes() > limit - position) {
            return "the frame is %d bytes long, but only %d are there".formatted(header.frameBytes(), limit - position);
        }
        String refusal = after.refusal(header);
        if (refusal != null || check == Check.HEADERS) {
            return refusal;
        }
        return Frames.bodyCrcProblem(header.bodyCrc32c(), bodyCrc(header, position));
    }

    private int bodyCrc(BatchHeader header, int position) throws IOException {
        CRC32C crc = new CRC32C();
        int at = position + BatchHeader.HEADER_BYTES;
        int left = header.bodyBytes();
        while (left > 0) {
            int from = load(at, Math.min(left, window.length));
            int count = Math.min(left, windowBytes - from);
            if (count == 0) {
                break;
            }
            crc.update(window, from, count);
            at += count;
            left -= count;
        }
        return (int) crc.getValue();
    }

    /** Makes the window hold {@code count} bytes from {@code position} on, or as many as there are; says where. */
    private int load(int position, int count) throws IOException {
        boolean held = position >= windowStart && position + count <= windowStart + windowBytes;
        if (!held) {
            windowBytes = file.read(position, window, 0, Math.min(window.length, limit - position));
            windowStart = position;
        }
        return position - windowStart;
    }
}
