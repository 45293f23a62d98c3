package io.flotilla.record;

import io.flotilla.v1.Compression;
import io.flotilla.v1.PayloadFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The header of an encoded RecordBatch, and where in its array the payload lies.
 *
 * @param recordCount records in the payload, as counted or, where that needs decompression, as declared; 0 if only
 *     declared so
 * @param baseTimestampMs create time base; 0 = the producer had no clock
 * @param maxTimestampMs largest create time; never 0 unless the producer had no clock
 * @param compression codec of the payload; {@code NONE} for plain records and for Kafka batches
 * @param uncompressedBytes size of the record set; that of the payload if it is not compressed
 * @param format what the payload is
 * @param plain the payload is a record set that needs no decompression
 * @param producer null = not idempotent
 * @param requestId of the PublishRequest that wrote it; null = none
 * @param payloadPosition index in the array
 * @param payloadBytes its size
 */
public record BatchInfo(
        int recordCount,
        long baseTimestampMs,
        long maxTimestampMs,
        Compression compression,
        int uncompressedBytes,
        PayloadFormat format,
        boolean plain,
        @Nullable ProducerSequence producer,
        @Nullable UUID requestId,
        int payloadPosition,
        int payloadBytes) {}
