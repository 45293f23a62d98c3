package io.flotilla.wire;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/**
 * The part of a message that is not copied until it is sent: stored frames, or an encoded batch. Written at most once,
 * closed exactly once, by whoever holds the message then.
 */
public interface FrameBody extends Closeable {
    /** A body without bytes. */
    FrameBody EMPTY = of(new byte[0], 0, 0);

    /** Bytes that {@link #writeTo} will write. */
    int size();

    /** Writes all bytes, in few large pieces: each {@code write} costs a copy and little else. */
    void writeTo(OutputStream out) throws IOException;

    /** Gives back what the body holds; must not throw. */
    @Override
    void close();

    /** A range of an array that nobody changes any more. */
    static FrameBody of(byte[] bytes, int position, int size) {
        return new ArrayBody(bytes, position, size);
    }
}
