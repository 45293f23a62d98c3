package io.flotilla.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** A body that is a range of an array; holds nothing that must be given back. */
final class ArrayBody implements FrameBody {
    private final byte[] bytes;
    private final int position;
    private final int size;

    ArrayBody(byte[] bytes, int position, int size) {
        Objects.checkFromIndexSize(position, size, bytes.length);
        this.bytes = bytes;
        this.position = position;
        this.size = size;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(bytes, position, size);
    }

    @Override
    public void close() {}
}
