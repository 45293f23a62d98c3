package io.flotilla.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.v1.ErrorCode;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Reads the fields of one protobuf message from a range of an array, without copying. Never reads outside the range, and
 * throws nothing but {@link FormatException}, whatever the bytes are. The array must not change meanwhile. Not for
 * several threads at once.
 *
 * <p>Stricter than protobuf's own parsers where leniency would let two readers see different data: tags and lengths have
 * at most 5 bytes and fit 32 bits, 32-bit numbers fit 32 bits, groups do not exist. Varints may be padded, to 9 bytes
 * at most.
 */
public final class WireReader {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT32_BYTES = 5;
    private static final int MAX_VARINT64_BYTES = 10;

    private final byte[] bytes;
    private final int end;
    private final ErrorCode code;
    private int position;

    /**
     * Reads {@code bytes[from, to)}.
     *
     * @param code of the exceptions thrown
     * @throws IndexOutOfBoundsException if the range is not inside the array
     */
    public WireReader(byte[] bytes, int from, int to, ErrorCode code) {
        Objects.checkFromToIndex(from, to, bytes.length);
        this.bytes = bytes;
        this.position = from;
        this.end = to;
        this.code = code;
    }

    /** True when the message has no more fields. */
    public boolean atEnd() {
        return position == end;
    }

    /** Index in the array of the next byte. */
    public int position() {
        return position;
    }

    /** The next field's tag: field number times 8, plus wire type. The number is 1 or more. */
    public int tag() {
        int start = position;
        long tag = varint(MAX_VARINT32_BYTES);
        if (tag >>> 32 != 0) {
            throw broken("tag at byte %d does not fit 32 bits".formatted(start));
        }
        if (tag >>> 3 == 0) {
            throw broken("field number at byte %d is 0".formatted(start));
        }
        return (int) tag;
    }

    public long int64() {
        return varint(MAX_VARINT64_BYTES);
    }

    public int int32() {
        int start = position;
        long value = varint(MAX_VARINT64_BYTES);
        if (value != (int) value) {
            throw broken("number at byte %d does not fit 32 bits".formatted(start));
        }
        return (int) value;
    }

    public long sint64() {
        long value = int64();
        return value >>> 1 ^ -(value & 1);
    }

    /** A number from 0 to 2^32-1. */
    public long uint32() {
        int start = position;
        long value = varint(MAX_VARINT64_BYTES);
        if (value >>> 32 != 0) {
            throw broken("number at byte %d does not fit 32 bits".formatted(start));
        }
        return value;
    }

    public boolean bool() {
        return int64() != 0;
    }

    public int fixed32() {
        need(Integer.BYTES);
        int value = (int) INT.get(bytes, position);
        position += Integer.BYTES;
        return value;
    }

    public long fixed64() {
        need(Long.BYTES);
        long value = (long) LONG.get(bytes, position);
        position += Long.BYTES;
        return value;
    }

    /** The length of a length-delimited field, whose content starts at {@link #position()} and is all there. */
    public int length() {
        int start = position;
        long length = varint(MAX_VARINT32_BYTES);
        if (length > end - position) {
            throw broken(
                    "length %d at byte %d is more than the %d bytes left".formatted(length, start, end - position));
        }
        return (int) length;
    }

    /** The content of a length-delimited field: a view of the array, not a copy. */
    public ByteString slice() {
        int length = length();
        ByteString slice = UnsafeByteOperations.unsafeWrap(bytes, position, length);
        position += length;
        return slice;
    }

    /** The content of a string field; refused if it is not UTF-8. */
    public String string() {
        int length = length();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, position, length))
                    .toString();
            position += length;
            return text;
        } catch (CharacterCodingException e) {
            throw broken("string at byte %d is not UTF-8".formatted(position));
        }
    }

    /** A reader of the embedded message that follows; this reader goes on behind it. */
    public WireReader message() {
        int length = length();
        WireReader inner = new WireReader(bytes, position, position + length, code);
        position += length;
        return inner;
    }

    /** Passes over the content of a field of this wire type. */
    public void skip(int wireType) {
        switch (wireType) {
            case WireType.VARINT -> varint(MAX_VARINT64_BYTES);
            case WireType.FIXED64 -> advance(Long.BYTES);
            case WireType.LENGTH_DELIMITED -> advance(length());
            case WireType.FIXED32 -> advance(Integer.BYTES);
            default -> throw broken("wire type %d before byte %d is not supported".formatted(wireType, position));
        }
    }

    /** Moves on by {@code count} bytes. */
    public void advance(int count) {
        need(count);
        position += count;
    }

    /** The exception for a rule broken near here. */
    public FormatException broken(String message) {
        return new FormatException(code, message);
    }

    private long varint(int maxBytes) {
        if (position < end && bytes[position] >= 0) { // nearly all tags and lengths have one byte
            return bytes[position++];
        }
        long value = 0;
        for (int i = 0; i < maxBytes; i++) {
            need(1);
            byte b = bytes[position++];
            if (i == MAX_VARINT64_BYTES - 1 && b != 1) {
                // protobuf's Java parser takes any last byte for a 1, others do not
                throw broken("varint before byte %d does not fit 64 bits or is padded too far".formatted(position));
            }
            value |= (b & 0x7FL) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw broken("varint before byte %d has more than %d bytes".formatted(position, maxBytes));
    }

    private void need(int count) {
        if (count < 0 || count > end - position) {
            throw broken("message ends within a field at byte %d".formatted(end));
        }
    }
}
