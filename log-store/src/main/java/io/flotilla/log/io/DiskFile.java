package io.flotilla.log.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * An open file. One thread at a time uses a handle; other threads may hold other handles of the same file. Positions and
 * lengths are in bytes.
 */
public interface DiskFile extends Closeable {
    long size() throws IOException;

    /**
     * Reads into {@code into} at {@code from} until {@code length} bytes are read or the file ends.
     *
     * @return how many bytes were read; fewer than {@code length} only at the end of the file
     */
    int read(long position, byte[] into, int from, int length) throws IOException;

    /** Writes all that remains in {@code buffers}, one after another, and so consumes them; longer files grow. */
    void write(long position, List<ByteBuffer> buffers) throws IOException;

    /**
     * Makes all bytes written so far, and the size, durable. After a failure nobody knows what is on disk, and the
     * operating system may have dropped the dirty pages: forcing again may succeed without them (Rebello et al.,
     * "Can Applications Recover from fsync Failures?", ATC 2020). So it must never be tried again on the same file.
     */
    void force() throws IOException;

    /** Cuts the file to {@code size} bytes; does nothing if it is not longer. */
    void truncate(long size) throws IOException;

    @Override
    void close() throws IOException;
}
