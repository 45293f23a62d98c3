package io.flotilla.record;

import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.RecordBatch;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.WireReader;
import io.flotilla.wire.WireType;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of an encoded RecordBatch in one pass, without protobuf objects and without looking into records.
 * Stricter than generated code: what it accepts means the same to every reader of the format. One use per instance.
 */
public final class BatchScanner {
    /** Most records one batch may declare, unless the broker's configuration says otherwise. */
    public static final int MAX_BATCH_RECORDS = 100_000;

    private static final int RECORD_TAG = WireType.tag(1, WireType.LENGTH_DELIMITED);
    private static final int LAST_FIELD = RecordBatch.ENCODED_RECORDS_FIELD_NUMBER;
    private static final int REQUEST_ID_BYTES = 16;
    private static final int ABSENT = -1;

    private final byte[] bytes;
    private final WireReader in;
    private int recordCount;
    private long baseTimestampMs;
    private long maxTimestampMs;
    private Compression compression = Compression.COMPRESSION_UNSPECIFIED;
    private int uncompressedBytes;
    private @Nullable ProducerSequence producer;
    private @Nullable UUID requestId;
    private boolean hasCrc;
    private int crc;
    private PayloadFormat format = PayloadFormat.PAYLOAD_FORMAT_UNSPECIFIED;
    private int recordsPosition = ABSENT;
    private int encodedPosition = ABSENT;
    private int payloadBytes;

    private BatchScanner(byte[] bytes, int position, int length) {
        this.bytes = bytes;
        this.in = new WireReader(bytes, position, position + length, ErrorCode.ERROR_CODE_INVALID_BATCH);
    }

    /**
     * Checks a batch that a producer sent: its structure, its checksum if it has one, and the number of its records as
     * far as that can be told without decompression.
     *
     * @param maxRecords most records accepted
     * @throws FormatException INVALID_BATCH, CORRUPT_BATCH, UNSUPPORTED_COMPRESSION or UNSUPPORTED_FEATURE (a payload
     *     format this release does not know)
     */
    public static BatchInfo check(byte[] bytes, int position, int length, int maxRecords) {
        BatchScanner scanner = new BatchScanner(bytes, position, length);
        scanner.scanFields();
        scanner.checkRules();
        scanner.checkChecksum();
        scanner.checkCount(maxRecords);
        return scanner.info();
    }

    /**
     * Reads the header of a batch that was checked when it was stored and is covered by its frame's checksum.
     *
     * @throws FormatException as {@link #check}, but for CORRUPT_BATCH
     */
    public static BatchInfo header(byte[] bytes, int position, int length) {
        BatchScanner scanner = new BatchScanner(bytes, position, length);
        scanner.scanFields();
        scanner.checkRules();
        return scanner.info();
    }

    private void scanFields() {
        int seen = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            int field = tag >>> 3;
            if (field > LAST_FIELD || !scanField(tag)) {
                in.skip(tag & 7);
                continue;
            }
            if ((seen & 1 << field) != 0) {
                throw in.broken("field %d of RecordBatch occurs twice".formatted(field));
            }
            seen |= 1 << field;
        }
    }

    /** False for a field this release does not know. */
    private boolean scanField(int tag) {
        switch (tag) {
            case 1 << 3 -> recordCount = in.int32();
            case 2 << 3 -> baseTimestampMs = in.int64();
            case 3 << 3 -> maxTimestampMs = in.int64();
            case 4 << 3 -> compression = compression(in.int32());
            case 5 << 3 -> uncompressedBytes = in.int32();
            case 6 << 3 | WireType.LENGTH_DELIMITED -> producer = producer(in.message());
            case 7 << 3 | WireType.FIXED32 -> {
                hasCrc = true;
                crc = in.fixed32();
            }
            case 9 << 3 -> format = format(in.int32());
            case 10 << 3 | WireType.LENGTH_DELIMITED -> requestId = requestId();
            case RecordBatch.RECORDS_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED -> recordsPosition = payload();
            case RecordBatch.ENCODED_RECORDS_FIELD_NUMBER << 3 | WireType.LENGTH_DELIMITED ->
                encodedPosition = payload();
            default -> {
                if (RecordBatch.getDescriptor().findFieldByNumber(tag >>> 3) != null) {
                    throw in.broken("field %d of RecordBatch has wire type %d".formatted(tag >>> 3, tag & 7));
                }
                return false;
            }
        }
        return true;
    }

    private @Nullable UUID requestId() {
        int length = in.length();
        int position = in.position();
        in.advance(length);
        if (length == 0) {
            return null;
        }
        if (length != REQUEST_ID_BYTES) {
            throw in.broken("request_id has %d bytes; a UUID has %d".formatted(length, REQUEST_ID_BYTES));
        }
        ByteBuffer id = ByteBuffer.wrap(bytes, position, length);
        return new UUID(id.getLong(), id.getLong());
    }

    private int payload() {
        payloadBytes = in.length();
        int position = in.position();
        in.advance(payloadBytes);
        return position;
    }

    private static Compression compression(int number) {
        Compression known = Compression.forNumber(number);
        if (known == null) {
            throw new FormatException(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION, "compression codec %d is unknown".formatted(number));
        }
        return known;
    }

    private static PayloadFormat format(int number) {
        PayloadFormat known = PayloadFormat.forNumber(number);
        if (known == null) {
            throw new FormatException(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, "payload format %d is unknown".formatted(number));
        }
        return known;
    }

    private static ProducerSequence producer(WireReader in) {
        long id = 0;
        int epoch = 0;
        int sequence = 0;
        boolean transactional = false;
        int seen = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            switch (tag) {
                case 1 << 3 -> id = in.int64();
                case 2 << 3 -> epoch = in.int32();
                case 3 << 3 -> sequence = in.int32();
                case 4 << 3 -> transactional = in.bool();
                default -> throw in.broken("tag %d is not part of ProducerStamp".formatted(tag));
            }
            int bit = 1 << (tag >>> 3);
            if ((seen & bit) != 0) {
                throw in.broken("field %d of ProducerStamp occurs twice".formatted(tag >>> 3));
            }
            seen |= bit;
        }
        return new ProducerSequence(id, epoch, sequence, transactional);
    }

    private void checkRules() {
        boolean compressed = compression.getNumber() > Compression.COMPRESSION_NONE_VALUE;
        if ((recordsPosition == ABSENT) == (encodedPosition == ABSENT)) {
            throw in.broken("a batch needs exactly one of records and encoded_records");
        }
        if (recordCount < 0) {
            throw in.broken("record_count is %d".formatted(recordCount));
        }
        if (isPlain()) {
            if (compressed || format != PayloadFormat.PAYLOAD_FORMAT_UNSPECIFIED || uncompressedBytes != 0) {
                throw in.broken("compression, uncompressed_bytes and payload_format do not go with plain records");
            }
        } else if (recordCount == 0) {
            throw in.broken("record_count is required with encoded_records");
        } else if (format == PayloadFormat.PAYLOAD_FORMAT_UNSPECIFIED) {
            checkCompressed(compressed);
        } else if (compressed || uncompressedBytes != 0) {
            throw in.broken("compression and uncompressed_bytes do not go with payload format " + format);
        }
    }

    private void checkCompressed(boolean compressed) {
        if (!compressed) {
            throw in.broken("encoded_records needs a compression or a payload_format; use records for plain records");
        }
        if (uncompressedBytes <= 0 || uncompressedBytes > PayloadCodec.MAX_UNCOMPRESSED_BYTES) {
            throw in.broken("uncompressed_bytes is %d; must be 1 to %d"
                    .formatted(uncompressedBytes, PayloadCodec.MAX_UNCOMPRESSED_BYTES));
        }
    }

    private void checkChecksum() {
        if (hasCrc && Checksum.of(bytes, payloadPosition(), payloadBytes) != crc) {
            throw new FormatException(
                    ErrorCode.ERROR_CODE_CORRUPT_BATCH,
                    "the payload of %d bytes does not match its checksum; send it again".formatted(payloadBytes));
        }
    }

    private void checkCount(int maxRecords) {
        if (isPlain()) {
            int counted = countRecords(bytes, payloadPosition(), payloadBytes);
            if (counted == 0) {
                throw in.broken("a batch needs at least one record");
            }
            if (recordCount != 0 && recordCount != counted) {
                throw in.broken("record_count is %d but there are %d records".formatted(recordCount, counted));
            }
            recordCount = counted;
        }
        if (recordCount > maxRecords) {
            throw in.broken("%d records are more than the %d allowed in a batch".formatted(recordCount, maxRecords));
        }
    }

    private static int countRecords(byte[] bytes, int position, int length) {
        WireReader set = new WireReader(bytes, position, position + length, ErrorCode.ERROR_CODE_INVALID_BATCH);
        int count = 0;
        while (!set.atEnd()) {
            if (set.tag() != RECORD_TAG) {
                throw set.broken("byte %d is not the start of a record".formatted(set.position()));
            }
            set.advance(set.length());
            count++;
        }
        return count;
    }

    private boolean isPlain() {
        return recordsPosition != ABSENT;
    }

    private int payloadPosition() {
        return isPlain() ? recordsPosition : encodedPosition;
    }

    private BatchInfo info() {
        return new BatchInfo(
                recordCount,
                baseTimestampMs,
                maxTimestampMs == 0 ? baseTimestampMs : maxTimestampMs,
                compression == Compression.COMPRESSION_UNSPECIFIED ? Compression.COMPRESSION_NONE : compression,
                isPlain() ? payloadBytes : uncompressedBytes,
                format,
                isPlain(),
                producer,
                requestId,
                payloadPosition(),
                payloadBytes);
    }
}
