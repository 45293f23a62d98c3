package io.flotilla.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.Header;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.Record;
import io.flotilla.v1.TimestampType;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.WireReader;
import io.flotilla.wire.WireType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves over the records of one stored batch, decompressing it first if need be. Makes no object per record unless asked
 * to by {@link #key()}, {@link #value()} or {@link #record()}. Belongs to one thread.
 *
 * <p>Throws {@link FormatException} (INVALID_BATCH) when the batch breaks a rule of the format that a broker cannot see
 * when it stores one: its producer has a bug.
 */
public final class RecordCursor {
    private static final int ABSENT = -1;
    private static final int RECORD_TAG = WireType.tag(1, WireType.LENGTH_DELIMITED);

    private final FrameHeader header;
    private final BatchInfo info;
    private final byte[] payload;
    private final WireReader in;

    // the current record; positions are indexes of payload
    private int index = -1;
    private long offset = -1;
    private int start;
    private int contentStart;
    private int end;
    private int keyPosition;
    private int keyBytes;
    private int valuePosition;
    private int valueBytes;
    private int headerCount;
    private long timestampDeltaMs;
    private long offsetDelta;
    private boolean explicitOffsets;

    private RecordCursor(FrameHeader header, BatchInfo info, byte[] payload, int from, int to) {
        this.header = header;
        this.info = info;
        this.payload = payload;
        this.in = new WireReader(payload, from, to, ErrorCode.ERROR_CODE_INVALID_BATCH);
        this.offset = header.baseOffset() - 1;
    }

    /**
     * Before the first record of {@code frame}, whose body must have been verified.
     *
     * @throws FormatException also UNSUPPORTED_COMPRESSION or UNSUPPORTED_FEATURE (a Kafka batch)
     */
    public static RecordCursor open(BatchFrame frame) {
        return open(frame, BatchScanner.header(frame.bytes(), frame.bodyPosition(), frame.bodyBytes()));
    }

    /**
     * Before the first record of a batch as a producer sent it; its records have no offsets yet.
     *
     * @param bytes where {@code info} was read
     * @throws FormatException as {@link #open(BatchFrame)}
     */
    public static RecordCursor ofProduced(byte[] bytes, BatchInfo info) {
        return open(
                FrameHeader.unassigned(Integer.MAX_VALUE, 0, 0, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED), bytes, info);
    }

    static RecordCursor open(BatchFrame frame, BatchInfo info) {
        return open(frame.header(), frame.bytes(), info);
    }

    private static RecordCursor open(FrameHeader header, byte[] bytes, BatchInfo info) {
        if (info.format() != PayloadFormat.PAYLOAD_FORMAT_UNSPECIFIED) {
            throw new FormatException(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE,
                    "the batch at offset %d has payload format %s; read it with a client of that kind"
                            .formatted(header.baseOffset(), info.format()));
        }
        if (info.plain()) {
            int from = info.payloadPosition();
            return new RecordCursor(header, info, bytes, from, from + info.payloadBytes());
        }
        byte[] payload = PayloadCodec.of(info.compression())
                .decompress(bytes, info.payloadPosition(), info.payloadBytes(), info.uncompressedBytes());
        return new RecordCursor(header, info, payload, 0, payload.length);
    }

    /** Moves to the next record; false when there is none. */
    public boolean next() {
        index++;
        if (in.atEnd()) {
            if (info.recordCount() != 0 && index != info.recordCount()) {
                throw in.broken("batch has %d records, not %d as declared".formatted(index, info.recordCount()));
            }
            return false;
        }
        start = in.position();
        if (in.tag() != RECORD_TAG) {
            throw in.broken("byte %d of the payload is not the start of a record".formatted(start));
        }
        int length = in.length();
        contentStart = in.position();
        end = contentStart + length;
        readRecord();
        moveOffset();
        return true;
    }

    private void readRecord() {
        keyPosition = ABSENT;
        valuePosition = ABSENT;
        headerCount = 0;
        timestampDeltaMs = 0;
        offsetDelta = ABSENT;
        while (in.position() < end) {
            int tag = in.tag();
            switch (tag) {
                case Record.KEY_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED -> {
                    keyBytes = in.length();
                    keyPosition = in.position();
                    in.advance(keyBytes);
                }
                case Record.VALUE_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED -> {
                    valueBytes = in.length();
                    valuePosition = in.position();
                    in.advance(valueBytes);
                }
                case Record.HEADERS_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED -> {
                    headerCount++;
                    in.advance(in.length());
                }
                case Record.TIMESTAMP_DELTA_MS_FIELD_NUMBER << 3 -> timestampDeltaMs = in.sint64();
                case Record.OFFSET_DELTA_FIELD_NUMBER << 3 -> offsetDelta = in.uint32();
                default -> in.skip(tag & 7);
            }
        }
        if (in.position() != end) {
            throw in.broken("record %d of the batch is longer than it says".formatted(index));
        }
    }

    private void moveOffset() {
        if (index == 0) {
            explicitOffsets = offsetDelta != ABSENT;
        } else if (explicitOffsets != (offsetDelta != ABSENT)) {
            throw in.broken("only some records of the batch have an offset_delta");
        }
        long next = header.baseOffset() + (explicitOffsets ? offsetDelta : index);
        if (next <= offset || next >= header.nextOffset()) {
            throw in.broken("record %d of the batch has offset %d, not one of %d to %d"
                    .formatted(index, next, offset + 1, header.nextOffset() - 1));
        }
        offset = next;
    }

    /** Offset of the current record. */
    public long offset() {
        return offset;
    }

    /** Create or append time of the current record, by the topic's timestamp type when it was written. */
    public long timestampMs() {
        boolean appendTime = header.timestampType() == TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME
                || info.baseTimestampMs() == NewRecord.NO_TIMESTAMP;
        return appendTime ? header.appendTimeMs() : info.baseTimestampMs() + timestampDeltaMs;
    }

    /** Key of the current record, a view; null = none. */
    public @Nullable ByteString key() {
        return keyPosition == ABSENT ? null : UnsafeByteOperations.unsafeWrap(payload, keyPosition, keyBytes);
    }

    /** Value of the current record, a view; null is different from empty. */
    public @Nullable ByteString value() {
        return valuePosition == ABSENT ? null : UnsafeByteOperations.unsafeWrap(payload, valuePosition, valueBytes);
    }

    /** The current record as an object of its own. */
    public StoredRecord record() {
        return new StoredRecord(offset, timestampMs(), key(), value(), headers());
    }

    private List<RecordHeader> headers() {
        if (headerCount == 0) {
            return List.of();
        }
        List<RecordHeader> headers = new ArrayList<>(headerCount);
        WireReader fields = new WireReader(payload, contentStart, end, ErrorCode.ERROR_CODE_INVALID_BATCH);
        while (!fields.atEnd()) {
            int tag = fields.tag();
            if (tag == (Record.HEADERS_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED)) {
                headers.add(header(fields.message()));
            } else {
                fields.skip(tag & 7);
            }
        }
        return headers;
    }

    private static RecordHeader header(WireReader fields) {
        String key = "";
        ByteString value = null;
        while (!fields.atEnd()) {
            int tag = fields.tag();
            switch (tag) {
                case Header.KEY_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED -> key = fields.string();
                case Header.VALUE_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED -> value = fields.slice();
                default -> fields.skip(tag & 7);
            }
        }
        return new RecordHeader(key, value);
    }

    /** The array that {@link #recordStart()} and {@link #recordEnd()} are indexes of. */
    byte[] payload() {
        return payload;
    }

    /** Whether the current record has a key, which may be empty. */
    public boolean hasKey() {
        return keyPosition != ABSENT;
    }

    /** Whether the current record has a value, which may be empty; without one it deletes what its key stood for. */
    public boolean hasValue() {
        return valuePosition != ABSENT;
    }

    /** Where the fields of the current record start. */
    int contentStart() {
        return contentStart;
    }

    /** Where the encoding of the current record starts, tag included. */
    int recordStart() {
        return start;
    }

    int recordEnd() {
        return end;
    }

    /** True when offsets are written in the records, so that dropping some does not move the others. */
    boolean hasExplicitOffsets() {
        return explicitOffsets;
    }
}
