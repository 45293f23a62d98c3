package io.flotilla.cli.data;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a stream, byte for byte: only line feeds are taken away, and the last line need not have one. Used by one
 * thread.
 */
final class Lines {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int MAX_LINE_BYTES = 64 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;

    Lines(InputStream in) {
        this.in = in;
    }

    /**
     * The next line, null at the end.
     *
     * @throws IOException also if a line has more than 64 MiB
     */
    @Nullable
    ByteString next() throws IOException {
        ByteString line = ByteString.EMPTY;
        while (position < limit || fill()) {
            int end = position;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            line = line.concat(ByteString.copyFrom(buffer, position, end - position));
            position = end + 1;
            if (end < limit) {
                return line;
            }
            if (line.size() > MAX_LINE_BYTES) {
                throw new IOException(
                        "a line has more than %d bytes; is this a file of lines?".formatted(MAX_LINE_BYTES));
            }
        }
        return line.isEmpty() ? null : line;
    }

    private boolean fill() throws IOException {
        position = 0;
        limit = Math.max(0, in.read(buffer));
        return limit > 0;
    }
}
