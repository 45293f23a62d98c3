package io.flotilla.wire;

import com.google.protobuf.ByteString;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Appends protobuf fields to an array that grows as needed. Not for several threads at once. */
public final class WireWriter {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT_BYTES = 10;

    private byte[] bytes;
    private int size;

    /** An empty writer with room for {@code capacity} bytes before it has to grow. */
    public WireWriter(int capacity) {
        this.bytes = new byte[Math.max(16, capacity)];
    }

    /** Bytes a varint needs. */
    public static int varintBytes(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    public static long zigZag(long value) {
        return value << 1 ^ value >> 63;
    }

    /** Bytes written so far. */
    public int size() {
        return size;
    }

    /** The array written to; only the first {@link #size()} bytes count, and only until the next write. */
    public byte[] array() {
        return bytes;
    }

    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Forgets what was written, keeping the room. */
    public void clear() {
        size = 0;
    }

    public WireWriter tag(int field, int wireType) {
        return varint(Integer.toUnsignedLong(WireType.tag(field, wireType)));
    }

    public WireWriter varint(long value) {
        ensure(MAX_VARINT_BYTES);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    public WireWriter fixed32(int value) {
        ensure(Integer.BYTES);
        INT.set(bytes, size, value);
        size += Integer.BYTES;
        return this;
    }

    public WireWriter fixed64(long value) {
        ensure(Long.BYTES);
        LONG.set(bytes, size, value);
        size += Long.BYTES;
        return this;
    }

    /** Appends {@code source[from, from + length)} as it is. */
    public WireWriter raw(byte[] source, int from, int length) {
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
        return this;
    }

    public WireWriter raw(ByteString source) {
        ensure(source.size());
        source.copyTo(bytes, size);
        size += source.size();
        return this;
    }

    /** A number field, left out when 0, as proto3 does. */
    public WireWriter number(int field, long value) {
        return value == 0 ? this : tag(field, WireType.VARINT).varint(value);
    }

    /** A string field. */
    public WireWriter string(int field, String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        return bytes(field, utf8, 0, utf8.length);
    }

    /** A bytes field. */
    public WireWriter bytes(int field, ByteString value) {
        return tag(field, WireType.LENGTH_DELIMITED).varint(value.size()).raw(value);
    }

    /** A bytes field. */
    public WireWriter bytes(int field, byte[] source, int from, int length) {
        return tag(field, WireType.LENGTH_DELIMITED).varint(length).raw(source, from, length);
    }

    private void ensure(int count) {
        if (count > bytes.length - size) {
            int needed = Math.addExact(size, count);
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(Integer.MAX_VALUE - 8L, bytes.length * 2L)));
        }
    }
}
