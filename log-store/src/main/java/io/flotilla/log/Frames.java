package io.flotilla.log;

import static io.flotilla.log.BatchHeader.HEADER_BYTES;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Checks and fills in frames where they lie in an array. The layout is the table at {@link BatchHeader}. */
final class Frames {
    static final int BASE_OFFSET = 11;
    static final int NEXT_OFFSET = 20;
    static final int RAFT_INDEX = 29;
    static final int TERM = 38;
    static final int APPEND_TIME = 43;
    static final int MAX_TIMESTAMP = 52;
    static final int BODY_CRC = 61;
    static final int TIMESTAMP_TYPE = 66;

    private static final int LENGTH = 1;
    private static final int HEADER_CRC = 6;
    private static final int BODY_LENGTH = 68;
    private static final int CHECKED_AGAIN_FROM = 10;
    private static final int BYTES_BEFORE_BODY_IN_BATCH = HEADER_BYTES - 5;

    private static final int[] TAG_POSITIONS = {0, 5, 10, 19, 28, 37, 42, 51, 60, 65, 67};
    private static final byte[] TAGS = {0x7A, 0x0D, 0x11, 0x19, 0x21, 0x2D, 0x31, 0x39, 0x45, 0x48, 0x7A};

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Frames() {}

    static long longAt(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    static int intAt(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    static void putLong(byte[] bytes, int at, long value) {
        LONG.set(bytes, at, value);
    }

    static void putInt(byte[] bytes, int at, int value) {
        INT.set(bytes, at, value);
    }

    static int bodyBytes(byte[] bytes, int at) {
        return paddedVarint(bytes, at + BODY_LENGTH);
    }

    /** Why no header starts at {@code at}, or null if one does; looks only at bytes below {@code limit}. */
    static @Nullable String problemInHeader(byte[] bytes, int at, int limit) {
        String shape = problemInShape(bytes, at, limit);
        if (shape != null) {
            return shape;
        }
        int stored = intAt(bytes, at + HEADER_CRC);
        int computed = headerCrc(bytes, at);
        return stored == computed
                ? null
                : "the header's checksum is %08x but the header says %08x".formatted(computed, stored);
    }

    /** As {@link #problemInHeader}, without the checksum, which a leader sets only when it assigns offsets. */
    static @Nullable String problemInShape(byte[] bytes, int at, int limit) {
        if (limit - at < HEADER_BYTES) {
            return "only %d of the %d bytes of a header are there".formatted(limit - at, HEADER_BYTES);
        }
        for (int i = 0; i < TAGS.length; i++) {
            if (bytes[at + TAG_POSITIONS[i]] != TAGS[i]) {
                return "byte %d of the header is %02x, not %02x"
                        .formatted(TAG_POSITIONS[i], bytes[at + TAG_POSITIONS[i]], TAGS[i]);
            }
        }
        if (!isPaddedVarint(bytes, at + LENGTH) || !isPaddedVarint(bytes, at + BODY_LENGTH)) {
            return "a length is not a varint of four bytes";
        }
        if (paddedVarint(bytes, at + LENGTH) != BYTES_BEFORE_BODY_IN_BATCH + bodyBytes(bytes, at)) {
            return "the two lengths, %d and %d, do not agree"
                    .formatted(paddedVarint(bytes, at + LENGTH), bodyBytes(bytes, at));
        }
        if (bytes[at + TIMESTAMP_TYPE] != 0 && bytes[at + TIMESTAMP_TYPE] != 1) {
            return "timestamp type %d is neither 0 nor 1".formatted(bytes[at + TIMESTAMP_TYPE]);
        }
        if (longAt(bytes, at + NEXT_OFFSET) <= longAt(bytes, at + BASE_OFFSET)) {
            return "the batch holds no record";
        }
        return null;
    }

    /** Why the body of the frame at {@code at} cannot be trusted, or null; the header must have been checked. */
    static @Nullable String problemInBody(byte[] bytes, int at, int limit) {
        int bodyBytes = bodyBytes(bytes, at);
        int bodyAt = at + HEADER_BYTES;
        if (limit - bodyAt < bodyBytes) {
            return "only %d of the %d bytes of a body are there".formatted(limit - bodyAt, bodyBytes);
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes, bodyAt, bodyBytes);
        return bodyCrcProblem(intAt(bytes, at + BODY_CRC), (int) crc.getValue());
    }

    static @Nullable String bodyCrcProblem(int stored, int computed) {
        return stored == computed
                ? null
                : "the body's checksum is %08x but the header says %08x".formatted(computed, stored);
    }

    /** Fills in what only the order of the log decides, and seals the header with its checksum. */
    static void assign(byte[] bytes, int at, long baseOffset, long raftIndex, int term) {
        long records = longAt(bytes, at + NEXT_OFFSET) - longAt(bytes, at + BASE_OFFSET);
        putLong(bytes, at + BASE_OFFSET, baseOffset);
        putLong(bytes, at + NEXT_OFFSET, baseOffset + records);
        putLong(bytes, at + RAFT_INDEX, raftIndex);
        putInt(bytes, at + TERM, term);
        putInt(bytes, at + HEADER_CRC, headerCrc(bytes, at));
    }

    /** A sealed frame with this header around {@code body}, whose length and checksum count instead of the header's. */
    static byte[] encode(BatchHeader header, byte[] body) {
        byte[] bytes = new byte[HEADER_BYTES + body.length];
        for (int i = 0; i < TAGS.length; i++) {
            bytes[TAG_POSITIONS[i]] = TAGS[i];
        }
        putPaddedVarint(bytes, LENGTH, BYTES_BEFORE_BODY_IN_BATCH + body.length);
        putLong(bytes, BASE_OFFSET, header.baseOffset());
        putLong(bytes, NEXT_OFFSET, header.nextOffset());
        putLong(bytes, RAFT_INDEX, header.raftIndex());
        putInt(bytes, TERM, header.term());
        putLong(bytes, APPEND_TIME, header.appendTimeMs());
        putLong(bytes, MAX_TIMESTAMP, header.maxTimestampMs());
        bytes[TIMESTAMP_TYPE] = (byte) (header.logAppendTime() ? 1 : 0);
        putPaddedVarint(bytes, BODY_LENGTH, body.length);
        System.arraycopy(body, 0, bytes, HEADER_BYTES, body.length);
        CRC32C crc = new CRC32C();
        crc.update(body);
        putInt(bytes, BODY_CRC, (int) crc.getValue());
        putInt(bytes, HEADER_CRC, headerCrc(bytes, 0));
        return bytes;
    }

    private static int headerCrc(byte[] bytes, int at) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, at, LENGTH + 4);
        crc.update(bytes, at + CHECKED_AGAIN_FROM, HEADER_BYTES - CHECKED_AGAIN_FROM);
        return (int) crc.getValue();
    }

    /** Seven bits in each of four bytes, and a fifth would not follow. */
    private static boolean isPaddedVarint(byte[] bytes, int at) {
        return bytes[at] < 0 && bytes[at + 1] < 0 && bytes[at + 2] < 0 && bytes[at + 3] >= 0;
    }

    private static void putPaddedVarint(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value | 0x80);
        bytes[at + 1] = (byte) (value >>> 7 | 0x80);
        bytes[at + 2] = (byte) (value >>> 14 | 0x80);
        bytes[at + 3] = (byte) (value >>> 21 & 0x7f);
    }

    private static int paddedVarint(byte[] bytes, int at) {
        return (bytes[at] & 0x7f)
                | (bytes[at + 1] & 0x7f) << 7
                | (bytes[at + 2] & 0x7f) << 14
                | (bytes[at + 3] & 0x7f) << 21;
    }
}
