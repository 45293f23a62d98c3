package io.flotilla.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers, from frames offered in order, those that answer a read: from the frame that holds the offset asked for, up to
 * an end and a size, but at least one.
 */
final class FrameSelection {
    private final long offset;
    private final long endOffset;
    private final int maxBytes;
    private final List<LogSlice.Part> parts = new ArrayList<>();
    private long firstOffset;
    private long nextOffset;
    private long sizeBytes;

    /**
     * @param endOffset exclusive; a frame that reaches beyond it is not taken
     * @param maxBytes of all frames together, unless the first alone is larger
     */
    FrameSelection(long offset, long endOffset, int maxBytes) {
        this.offset = offset;
        this.endOffset = endOffset;
        this.maxBytes = maxBytes;
        this.firstOffset = offset;
        this.nextOffset = offset;
    }

    /**
     * Offers the checked frame that lies at {@code at}.
     *
     * @return whether to offer the next one
     */
    boolean take(byte[] bytes, int at) {
        long next = Frames.longAt(bytes, at + Frames.NEXT_OFFSET);
        if (next <= offset) {
            return true;
        }
        int frameBytes = BatchHeader.HEADER_BYTES + Frames.bodyBytes(bytes, at);
        if (next > endOffset || (sizeBytes > 0 && sizeBytes + frameBytes > maxBytes)) {
            return false;
        }
        if (sizeBytes == 0) {
            firstOffset = Frames.longAt(bytes, at + Frames.BASE_OFFSET);
        }
        extend(bytes, at, at + frameBytes);
        nextOffset = next;
        sizeBytes += frameBytes;
        return next < endOffset;
    }

    /**
     * Offers all frames of an array that holds nothing else.
     *
     * @return whether to offer the frames that follow
     */
    boolean takeAll(byte[] bytes) {
        boolean more = true;
        for (int at = 0; more && at < bytes.length; at += BatchHeader.HEADER_BYTES + Frames.bodyBytes(bytes, at)) {
            more = take(bytes, at);
        }
        return more;
    }

    LogSlice slice() {
        return new LogSlice(firstOffset, nextOffset, parts);
    }

    private void extend(byte[] bytes, int from, int to) {
        LogSlice.Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
        if (last != null && last.bytes == bytes && last.to == from) {
            parts.set(parts.size() - 1, new LogSlice.Part(bytes, last.from, to));
        } else {
            parts.add(new LogSlice.Part(bytes, from, to));
        }
    }
}
