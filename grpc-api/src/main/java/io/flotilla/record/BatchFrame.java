package io.flotilla.record;

import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.TimestampType;
import io.flotilla.wire.FormatException;
import java.util.Objects;

/**
 * One batch with its header, as a range of an array: the unit of segment files, Raft entries and fetch answers.
 * Immutable as long as nobody changes the array; keeps the array alive.
 */
public final class BatchFrame {
    private final FrameHeader header;
    private final byte[] bytes;
    private final int position;
    private final int bodyBytes;

    private BatchFrame(FrameHeader header, byte[] bytes, int position, int bodyBytes) {
        this.header = header;
        this.bytes = bytes;
        this.position = position;
        this.bodyBytes = bodyBytes;
    }

    /**
     * The frame that starts at {@code position} and ends at {@code limit} or before. Checks its structure and its
     * header's checksum, but not its body's; see {@link #verifyBody()}.
     *
     * @throws FormatException CORRUPT_BATCH
     */
    public static BatchFrame read(byte[] bytes, int position, int limit) {
        Objects.checkFromToIndex(position, limit, bytes.length);
        if (limit - position < FrameHeader.BYTES) {
            throw corrupt("a frame header needs %d bytes, not %d".formatted(FrameHeader.BYTES, limit - position));
        }
        int length = FrameHeader.paddedLength(bytes, position + FrameHeader.LENGTH_AT);
        int bodyBytes = FrameHeader.paddedLength(bytes, position + FrameHeader.BODY_LENGTH_AT);
        if (!FrameHeader.hasTags(bytes, position)
                || bodyBytes < 0
                || length != bodyBytes + FrameHeader.BYTES - FrameHeader.OUTER_BYTES) {
            throw corrupt("byte %d is not the start of a frame".formatted(position));
        }
        if (bodyBytes > limit - position - FrameHeader.BYTES) {
            throw corrupt("the body at byte %d needs %d bytes, not %d"
                    .formatted(position + FrameHeader.BYTES, bodyBytes, limit - position - FrameHeader.BYTES));
        }
        FrameHeader header = FrameHeader.read(bytes, position);
        if (headerCrc(bytes, position) != (int) FrameHeader.INT.get(bytes, position + FrameHeader.HEADER_CRC_AT)) {
            throw corrupt("the frame header at byte %d does not match its checksum".formatted(position));
        }
        if (header.nextOffset() <= header.baseOffset() || header.timestampType() == TimestampType.UNRECOGNIZED) {
            throw corrupt("the frame header at byte %d makes no sense: %s".formatted(position, header));
        }
        return new BatchFrame(header, bytes, position, bodyBytes);
    }

    /** A frame around {@code body[from, from + length)}, which is copied. */
    public static BatchFrame of(FrameHeader header, byte[] body, int from, int length) {
        byte[] bytes = new byte[FrameHeader.BYTES + length];
        write(header, body, from, length, bytes, 0);
        return new BatchFrame(header, bytes, 0, length);
    }

    /**
     * Writes a frame around {@code body[from, from + length)} to {@code target} from {@code position} on.
     *
     * @return bytes written: {@link FrameHeader#BYTES} + {@code length}
     */
    public static int write(FrameHeader header, byte[] body, int from, int length, byte[] target, int position) {
        if (length > FrameHeader.MAX_LENGTH - FrameHeader.BYTES) {
            throw new IllegalArgumentException("a body of %d bytes does not fit a frame".formatted(length));
        }
        header.write(target, position);
        FrameHeader.writePaddedLength(
                target, position + FrameHeader.LENGTH_AT, length + FrameHeader.BYTES - FrameHeader.OUTER_BYTES);
        FrameHeader.writePaddedLength(target, position + FrameHeader.BODY_LENGTH_AT, length);
        System.arraycopy(body, from, target, position + FrameHeader.BYTES, length);
        FrameHeader.INT.set(target, position + FrameHeader.BATCH_CRC_AT, Checksum.of(body, from, length));
        FrameHeader.INT.set(target, position + FrameHeader.HEADER_CRC_AT, headerCrc(target, position));
        return FrameHeader.BYTES + length;
    }

    private static int headerCrc(byte[] bytes, int position) {
        return Checksum.of(
                bytes,
                position,
                FrameHeader.HEADER_CRC_TAG_AT,
                position + FrameHeader.COVERED_AT,
                FrameHeader.BYTES - FrameHeader.COVERED_AT);
    }

    /**
     * Checks the body against the checksum in the header.
     *
     * @throws FormatException CORRUPT_BATCH
     */
    public void verifyBody() {
        int stored = (int) FrameHeader.INT.get(bytes, position + FrameHeader.BATCH_CRC_AT);
        if (Checksum.of(bytes, bodyPosition(), bodyBytes) != stored) {
            throw corrupt("the batch with offsets %d to %d does not match its checksum"
                    .formatted(header.baseOffset(), header.nextOffset() - 1));
        }
    }

    public FrameHeader header() {
        return header;
    }

    public long baseOffset() {
        return header.baseOffset();
    }

    /** Offset after the batch. */
    public long nextOffset() {
        return header.nextOffset();
    }

    /** The array that holds the frame. */
    public byte[] bytes() {
        return bytes;
    }

    /** Index in {@link #bytes()} of the frame's first byte. */
    public int position() {
        return position;
    }

    /** Size of the whole frame. */
    public int size() {
        return FrameHeader.BYTES + bodyBytes;
    }

    /** Index in {@link #bytes()} of the encoded RecordBatch. */
    public int bodyPosition() {
        return position + FrameHeader.BYTES;
    }

    /** Size of the encoded RecordBatch. */
    public int bodyBytes() {
        return bodyBytes;
    }

    private static FormatException corrupt(String message) {
        return new FormatException(ErrorCode.ERROR_CODE_CORRUPT_BATCH, message);
    }
}
