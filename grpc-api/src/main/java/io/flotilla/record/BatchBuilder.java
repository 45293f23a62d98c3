package io.flotilla.record;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.flotilla.v1.Compression;
import io.flotilla.v1.Header;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.wire.WireType;
import io.flotilla.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records, one by one as they come, into a RecordBatch. Belongs to one thread; can be used again after
 * {@link #build}.
 */
public final class BatchBuilder {
    private static final int MAX_HEADER_BYTES = 64;

    private final PayloadCodec codec;
    private final WireWriter payload;
    private int recordCount;
    private long baseTimestampMs;
    private long maxTimestampMs;

    /**
     * @param compression of the finished batch; it stays plain if that saves less than a twentieth
     * @param expectedBytes room to begin with
     */
    public BatchBuilder(Compression compression, int expectedBytes) {
        this.codec = PayloadCodec.of(compression);
        this.payload = new WireWriter(expectedBytes);
    }

    /** At most what {@code record} adds to {@link #sizeBytes()}, in any batch. */
    public static int maxRecordBytes(NewRecord record) {
        return 1 + 5 + recordBytes(record, Long.MIN_VALUE);
    }

    /** At most the size of a batch of {@code record} alone. */
    public static int maxBatchBytes(NewRecord record) {
        return MAX_HEADER_BYTES + maxRecordBytes(record);
    }

    /**
     * Appends a record.
     *
     * @throws IllegalArgumentException if some records of the batch have a timestamp and others do not
     */
    public void add(NewRecord record) {
        if (recordCount == 0) {
            baseTimestampMs = record.timestampMs();
            maxTimestampMs = record.timestampMs();
        } else if ((record.timestampMs() == NewRecord.NO_TIMESTAMP) != (baseTimestampMs == NewRecord.NO_TIMESTAMP)) {
            throw new IllegalArgumentException("records with and without a timestamp do not go into one batch");
        }
        long delta = record.timestampMs() - baseTimestampMs;
        payload.tag(1, WireType.LENGTH_DELIMITED).varint(recordBytes(record, delta));
        write(Record.KEY_FIELD_NUMBER, record.key());
        write(Record.VALUE_FIELD_NUMBER, record.value());
        for (RecordHeader header : record.headers()) {
            payload.tag(Record.HEADERS_FIELD_NUMBER, WireType.LENGTH_DELIMITED).varint(headerBytes(header));
            payload.string(Header.KEY_FIELD_NUMBER, header.key());
            write(Header.VALUE_FIELD_NUMBER, header.value());
        }
        payload.number(Record.TIMESTAMP_DELTA_MS_FIELD_NUMBER, WireWriter.zigZag(delta));
        maxTimestampMs = Math.max(maxTimestampMs, record.timestampMs());
        recordCount++;
    }

    public boolean isEmpty() {
        return recordCount == 0;
    }

    public int recordCount() {
        return recordCount;
    }

    /** At most the size of the batch if it were built now. */
    public int sizeBytes() {
        return payload.size() + MAX_HEADER_BYTES;
    }

    /**
     * The encoded batch; the builder is empty afterwards.
     *
     * @throws IllegalStateException if there is no record
     */
    public byte[] build() {
        if (recordCount == 0) {
            throw new IllegalStateException("a batch needs at least one record");
        }
        byte[] compressed = compressed();
        byte[] content = compressed != null ? compressed : payload.array();
        int contentBytes = compressed != null ? compressed.length : payload.size();
        WireWriter batch = new WireWriter(contentBytes + MAX_HEADER_BYTES);
        batch.number(RecordBatch.RECORD_COUNT_FIELD_NUMBER, recordCount);
        batch.number(RecordBatch.BASE_TIMESTAMP_MS_FIELD_NUMBER, baseTimestampMs);
        batch.number(RecordBatch.MAX_TIMESTAMP_MS_FIELD_NUMBER, maxTimestampMs);
        if (compressed != null) {
            batch.number(
                    RecordBatch.COMPRESSION_FIELD_NUMBER, codec.compression().getNumber());
            batch.number(RecordBatch.UNCOMPRESSED_BYTES_FIELD_NUMBER, payload.size());
        }
        batch.tag(RecordBatch.CRC32C_FIELD_NUMBER, WireType.FIXED32).fixed32(Checksum.of(content, 0, contentBytes));
        batch.bytes(
                compressed != null ? RecordBatch.ENCODED_RECORDS_FIELD_NUMBER : RecordBatch.RECORDS_FIELD_NUMBER,
                content,
                0,
                contentBytes);
        payload.clear();
        recordCount = 0;
        return batch.toByteArray();
    }

    private byte @Nullable [] compressed() {
        if (codec == PayloadCodec.NONE || payload.size() > PayloadCodec.MAX_UNCOMPRESSED_BYTES) {
            return null;
        }
        byte[] compressed = codec.compress(payload.array(), 0, payload.size());
        return compressed.length <= payload.size() - payload.size() / 20 ? compressed : null;
    }

    private void write(int field, @Nullable ByteString value) {
        if (value != null) {
            payload.bytes(field, value);
        }
    }

    private static int recordBytes(NewRecord record, long timestampDelta) {
        int bytes = fieldBytes(record.key()) + fieldBytes(record.value());
        for (RecordHeader header : record.headers()) {
            int size = headerBytes(header);
            bytes += 1 + WireWriter.varintBytes(size) + size;
        }
        return timestampDelta == 0 ? bytes : bytes + 1 + WireWriter.varintBytes(WireWriter.zigZag(timestampDelta));
    }

    private static int headerBytes(RecordHeader header) {
        return CodedOutputStream.computeStringSize(Header.KEY_FIELD_NUMBER, header.key()) + fieldBytes(header.value());
    }

    private static int fieldBytes(@Nullable ByteString value) {
        return value == null ? 0 : 1 + WireWriter.varintBytes(value.size()) + value.size();
    }
}
