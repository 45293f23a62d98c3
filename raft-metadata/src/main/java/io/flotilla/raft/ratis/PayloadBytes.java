package io.flotilla.raft.ratis;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteOutput;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/** Payloads as arrays on our side and as byte strings on Ratis' side, without copying where there is one array. */
final class PayloadBytes extends ByteOutput {
    private final int size;
    private byte @Nullable [] whole;
    private int filled;

    private PayloadBytes(int size) {
        this.size = size;
    }

    /** The string shares {@code bytes}. */
    static ByteString wrap(byte[] bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** The array behind {@code string} if it is one array in full, else a copy. */
    static byte[] unwrap(ByteString string) {
        PayloadBytes out = new PayloadBytes(string.size());
        try {
            UnsafeByteOperations.unsafeWriteTo(string, out);
        } catch (IOException e) {
            throw new AssertionError("nothing here does I/O", e);
        }
        return out.whole == null ? new byte[0] : out.whole;
    }

    @Override
    public void writeLazy(byte[] value, int offset, int length) {
        if (whole == null && offset == 0 && length == size && value.length == size) {
            whole = value;
            filled = size;
        } else {
            write(value, offset, length);
        }
    }

    @Override
    public void write(byte[] value, int offset, int length) {
        System.arraycopy(value, offset, target(), filled, length);
        filled += length;
    }

    @Override
    public void write(byte value) {
        target()[filled++] = value;
    }

    @Override
    public void write(ByteBuffer value) {
        int length = value.remaining();
        value.get(target(), filled, length);
        filled += length;
    }

    @Override
    public void writeLazy(ByteBuffer value) {
        write(value);
    }

    private byte[] target() {
        byte[] bytes = whole;
        if (bytes == null) {
            bytes = new byte[size];
            whole = bytes;
        }
        return bytes;
    }
}
