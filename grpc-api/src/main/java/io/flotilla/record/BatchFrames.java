package io.flotilla.record;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/** Frames one after another in a range of an array; each is checked, but for its body, when it is reached. */
public final class BatchFrames implements Iterable<BatchFrame> {
    private final byte[] bytes;
    private final int from;
    private final int to;

    /** The frames in {@code bytes[from, to)}. */
    public BatchFrames(byte[] bytes, int from, int to) {
        Objects.checkFromToIndex(from, to, bytes.length);
        this.bytes = bytes;
        this.from = from;
        this.to = to;
    }

    /** Iterates once more from the start; {@code next} throws FormatException (CORRUPT_BATCH) at a broken frame. */
    @Override
    public Iterator<BatchFrame> iterator() {
        return new Iterator<>() {
            private int position = from;

            @Override
            public boolean hasNext() {
                return position < to;
            }

            @Override
            public BatchFrame next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                BatchFrame frame = BatchFrame.read(bytes, position, to);
                position += frame.size();
                return frame;
            }
        };
    }
}
