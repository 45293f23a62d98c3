package io.flotilla.record;

import io.flotilla.v1.TimestampType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What the broker puts around a batch, in the fixed layout of 72 bytes that {@code record.proto} draws. The frame is
 * field 15 of an enclosing message, so that frames one after another are a valid protobuf.
 *
 * @param baseOffset of the first record; {@link #UNASSIGNED} before the leader decides
 * @param nextOffset offset after the batch; {@code UNASSIGNED + record count} before, so that the difference is always
 *     the number of offsets the batch takes
 * @param raftIndex of the Raft entry; {@link #UNASSIGNED} before
 * @param leaderEpoch Raft term; {@link #UNASSIGNED} before
 * @param appendTimeMs the leader's clock
 * @param maxTimestampMs largest record timestamp by {@code timestampType}
 */
public record FrameHeader(
        long baseOffset,
        long nextOffset,
        long raftIndex,
        int leaderEpoch,
        long appendTimeMs,
        long maxTimestampMs,
        TimestampType timestampType) {
    /** Bytes before the body. */
    public static final int BYTES = 72;

    /** Of offsets, index and epoch until the leader assigns them. */
    public static final int UNASSIGNED = -1;

    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** First byte of every frame. */
    static final byte FRAME_TAG = 0x7A;

    static final int LENGTH_AT = 1;
    static final int HEADER_CRC_TAG_AT = 5;
    static final int HEADER_CRC_AT = 6;
    static final int COVERED_AT = 10;
    static final int BATCH_CRC_AT = 61;
    static final int BODY_LENGTH_AT = 68;
    static final int LENGTH_BYTES = 4;
    static final int OUTER_BYTES = 5;
    static final int MAX_LENGTH = (1 << 28) - 1;

    private static final int BASE_OFFSET_AT = 11;
    private static final int NEXT_OFFSET_AT = 20;
    private static final int RAFT_INDEX_AT = 29;
    private static final int LEADER_EPOCH_AT = 38;
    private static final int APPEND_TIME_AT = 43;
    private static final int MAX_TIMESTAMP_AT = 52;
    private static final int TIMESTAMP_TYPE_AT = 66;

    // position and value of every tag but the two lengths' own
    private static final int[][] TAGS = {
        {HEADER_CRC_TAG_AT, 0x0D},
        {10, 0x11},
        {19, 0x19},
        {28, 0x21},
        {37, 0x2D},
        {42, 0x31},
        {51, 0x39},
        {60, 0x45},
        {65, 0x48},
        {67, 0x7A}
    };

    /** A header before the leader assigns offsets. */
    public static FrameHeader unassigned(
            int recordCount, long appendTimeMs, long maxTimestampMs, TimestampType timestampType) {
        return new FrameHeader(
                UNASSIGNED,
                UNASSIGNED + (long) recordCount,
                UNASSIGNED,
                UNASSIGNED,
                appendTimeMs,
                maxTimestampMs,
                timestampType);
    }

    /** True when the 72 bytes have the tags of a frame; says nothing about the values between them. */
    static boolean hasTags(byte[] bytes, int position) {
        if (bytes[position] != FRAME_TAG) {
            return false;
        }
        for (int[] tag : TAGS) {
            if (bytes[position + tag[0]] != (byte) tag[1]) {
                return false;
            }
        }
        return true;
    }

    /** The values in the 72 bytes at {@code position}, not checked. */
    static FrameHeader read(byte[] bytes, int position) {
        TimestampType type = TimestampType.forNumber(bytes[position + TIMESTAMP_TYPE_AT]);
        return new FrameHeader(
                (long) LONG.get(bytes, position + BASE_OFFSET_AT),
                (long) LONG.get(bytes, position + NEXT_OFFSET_AT),
                (long) LONG.get(bytes, position + RAFT_INDEX_AT),
                (int) INT.get(bytes, position + LEADER_EPOCH_AT),
                (long) LONG.get(bytes, position + APPEND_TIME_AT),
                (long) LONG.get(bytes, position + MAX_TIMESTAMP_AT),
                type == null ? TimestampType.UNRECOGNIZED : type);
    }

    /** Writes tags and values, but neither lengths nor checksums. */
    void write(byte[] bytes, int position) {
        bytes[position] = FRAME_TAG;
        for (int[] tag : TAGS) {
            bytes[position + tag[0]] = (byte) tag[1];
        }
        LONG.set(bytes, position + BASE_OFFSET_AT, baseOffset);
        LONG.set(bytes, position + NEXT_OFFSET_AT, nextOffset);
        LONG.set(bytes, position + RAFT_INDEX_AT, raftIndex);
        INT.set(bytes, position + LEADER_EPOCH_AT, leaderEpoch);
        LONG.set(bytes, position + APPEND_TIME_AT, appendTimeMs);
        LONG.set(bytes, position + MAX_TIMESTAMP_AT, maxTimestampMs);
        bytes[position + TIMESTAMP_TYPE_AT] = (byte) timestampType.getNumber();
    }

    /** Reads a varint padded to 4 bytes; -1 if it is not one. */
    static int paddedLength(byte[] bytes, int position) {
        int raw = (int) INT.get(bytes, position);
        if ((raw & 0x80808080) != 0x00808080) {
            return -1;
        }
        return (raw & 0x7F) | (raw >>> 1 & 0x3F80) | (raw >>> 2 & 0x1FC000) | (raw >>> 3 & 0xFE00000);
    }

    /** Writes a varint padded to 4 bytes; {@code length} is 0 to {@link #MAX_LENGTH}. */
    static void writePaddedLength(byte[] bytes, int position, int length) {
        int raw = (length & 0x7F) | (length & 0x3F80) << 1 | (length & 0x1FC000) << 2 | (length & 0xFE00000) << 3;
        INT.set(bytes, position, raw | 0x00808080);
    }
}
