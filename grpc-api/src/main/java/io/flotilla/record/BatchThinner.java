package io.flotilla.record;

import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.wire.WireType;
import io.flotilla.wire.WireWriter;
import java.util.BitSet;

/**
 * Takes records out of stored batches. Those that stay are not encoded again but for their place in the batch, which from
 * then on is written in them.
 */
public final class BatchThinner {
    private static final int NEW_FIELDS_BYTES = 32;
    private static final int MOST_BYTES_MORE = 12; // of a record: its offset_delta and a longer length

    private BatchThinner() {}

    /**
     * The body of {@code stored} with only some of its records, compressed as before.
     *
     * @param kept by number of the record in the batch; at least one
     * @throws FormatException as {@link RecordCursor}
     */
    public static byte[] keep(BatchFrame stored, BitSet kept) {
        BatchInfo info = BatchScanner.header(stored.bytes(), stored.bodyPosition(), stored.bodyBytes());
        RecordCursor cursor = RecordCursor.open(stored, info);
        WireWriter records = new WireWriter(info.uncompressedBytes() / 2 + MOST_BYTES_MORE);
        for (int number = 0; cursor.next(); number++) {
            if (kept.get(number)) {
                add(cursor, number, records);
            }
        }
        return body(BatchTranscoder.keptFields(stored, info), info, kept.cardinality(), records);
    }

    /** The body of a batch without records. */
    public static byte[] none() {
        return RecordBatch.newBuilder()
                .setRecords(RecordSet.getDefaultInstance())
                .build()
                .toByteArray();
    }

    private static void add(RecordCursor cursor, int number, WireWriter records) {
        if (cursor.hasExplicitOffsets()) {
            records.raw(cursor.payload(), cursor.recordStart(), cursor.recordEnd() - cursor.recordStart());
            return;
        }
        WireWriter place = new WireWriter(MOST_BYTES_MORE);
        place.tag(io.flotilla.v1.Record.OFFSET_DELTA_FIELD_NUMBER, WireType.VARINT)
                .varint(number);
        int length = cursor.recordEnd() - cursor.contentStart();
        records.tag(RecordSet.RECORDS_FIELD_NUMBER, WireType.LENGTH_DELIMITED)
                .varint((long) length + place.size())
                .raw(cursor.payload(), cursor.contentStart(), length)
                .raw(place.array(), 0, place.size());
    }

    private static byte[] body(byte[] keptFields, BatchInfo info, int count, WireWriter records) {
        byte[] payload = info.plain()
                ? records.toByteArray()
                : PayloadCodec.of(info.compression()).compress(records.array(), 0, records.size());
        WireWriter body = new WireWriter(keptFields.length + NEW_FIELDS_BYTES + payload.length);
        body.number(RecordBatch.RECORD_COUNT_FIELD_NUMBER, count);
        body.raw(keptFields, 0, keptFields.length);
        if (!info.plain()) {
            body.number(RecordBatch.COMPRESSION_FIELD_NUMBER, info.compression().getNumber());
            body.number(RecordBatch.UNCOMPRESSED_BYTES_FIELD_NUMBER, records.size());
        }
        body.tag(RecordBatch.CRC32C_FIELD_NUMBER, WireType.FIXED32).fixed32(Checksum.of(payload, 0, payload.length));
        int field = info.plain() ? RecordBatch.RECORDS_FIELD_NUMBER : RecordBatch.ENCODED_RECORDS_FIELD_NUMBER;
        return body.bytes(field, payload, 0, payload.length).toByteArray();
    }
}
