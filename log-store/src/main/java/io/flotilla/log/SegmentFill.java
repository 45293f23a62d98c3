package io.flotilla.log;

/**
 * How full the newest segment is, counting what is not yet written: all that the decision to roll depends on. It follows
 * from the frames alone, so all replicas roll at the same batch.
 *
 * @param base offset of the segment's first batch
 * @param bytes 0 if the segment holds no frame
 * @param firstAppendMs append time of the segment's first batch; without meaning while {@code bytes} is 0
 */
record SegmentFill(long base, int bytes, long firstAppendMs) {
    /**
     * After {@code added} bytes more that start at {@code baseOffset} and were appended at {@code appendTimeMs}; in a new
     * segment if they do not belong into this one.
     */
    SegmentFill plus(int added, long baseOffset, long appendTimeMs, LogConfig config) {
        if (bytes == 0) {
            return new SegmentFill(base, added, appendTimeMs);
        }
        boolean full = (long) bytes + added > config.segmentBytes();
        boolean old = appendTimeMs - firstAppendMs >= config.segmentSpan().toMillis();
        return full || old
                ? new SegmentFill(baseOffset, added, appendTimeMs)
                : new SegmentFill(base, bytes + added, firstAppendMs);
    }
}
