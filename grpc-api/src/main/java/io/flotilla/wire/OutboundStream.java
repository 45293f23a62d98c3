package io.flotilla.wire;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An outbound message as gRPC wants it. Its length is known, so that gRPC takes buffers of the right size, and it drains
 * itself into them, which is the only copy. A transport inside one process reads it instead, from a copy.
 */
final class OutboundStream extends InputStream implements KnownLength, Drainable {
    private final OutboundMessage message;
    private final int size;
    private @Nullable InputStream copy;
    private boolean drained;
    private boolean released;

    OutboundStream(OutboundMessage message) {
        this.message = message;
        this.size = message.size();
    }

    @Override
    public int available() throws IOException {
        if (copy != null) {
            return copy.available();
        }
        return drained ? 0 : size;
    }

    @Override
    public int drainTo(OutputStream out) throws IOException {
        if (copy != null) {
            return (int) copy.transferTo(out);
        }
        if (drained) {
            return 0;
        }
        drained = true;
        message.writeTo(out);
        return size;
    }

    @Override
    public int read() throws IOException {
        return copy().read();
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        return copy().read(target, from, length);
    }

    @Override
    public void close() {
        drained = true;
        if (!released) {
            released = true;
            message.release();
        }
    }

    private InputStream copy() throws IOException {
        if (copy == null) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(drained ? 0 : size);
            drainTo(bytes);
            copy = new ByteArrayInputStream(bytes.toByteArray());
        }
        return copy;
    }
}
