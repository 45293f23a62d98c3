package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.NewBatch;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.config.TopicConfig;
import io.flotilla.record.BatchInfo;
import io.flotilla.record.BatchScanner;
import io.flotilla.record.ProducerSequence;
import io.flotilla.record.RecordCursor;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.TimestampType;
import java.time.InstantSource;
import java.util.OptionalLong;

/** Decides whether a producer's batch may be appended to a topic. Looks at headers and checksums, and into
 * records only where a topic is compacted. */
final class BatchAdmission {
    private final InstantSource clock;

    BatchAdmission(InstantSource clock) {
        this.clock = clock;
    }

    /** Throws the API's error for a batch that is malformed or breaks a rule of the topic. */
    NewBatch admit(byte[] bytes, int position, int length, OptionalLong expectedOffset, TopicConfig config) {
        if (length == 0) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_BATCH, "the request has no batch");
        }
        if (length > config.maxMessageBytes()) {
            throw FlotillaException.of(
                            ErrorCode.ERROR_CODE_BATCH_TOO_LARGE,
                            "the batch has %d bytes, the topic takes %d (max.message.bytes); send smaller batches"
                                    .formatted(length, config.maxMessageBytes()))
                    .with("max_bytes", config.maxMessageBytes());
        }
        BatchInfo info = BatchScanner.check(bytes, position, length, BatchScanner.MAX_BATCH_RECORDS);
        if (info.recordCount() == 0) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_BATCH, "the batch has no records");
        }
        ProducerSequence producer = info.producer();
        if (producer != null) {
            checkProducer(producer);
        }
        if (info.format() != PayloadFormat.PAYLOAD_FORMAT_UNSPECIFIED) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE,
                    "payload format %s cannot be produced over this API".formatted(info.format()));
        }
        if (config.cleanupPolicy().compacts()) {
            checkKeys(bytes, info);
        }
        boolean appendTime = config.timestampType() == io.flotilla.metadata.config.TimestampType.LOG_APPEND_TIME;
        if (!appendTime) {
            checkTimestamps(info, config);
        }
        return new NewBatch(
                bytes,
                position,
                length,
                info.recordCount(),
                info.maxTimestampMs(),
                appendTime ? TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME : TimestampType.TIMESTAMP_TYPE_UNSPECIFIED,
                new NewBatch.Conditions(producer, info.requestId(), expectedOffset));
    }

    /** A record without key could never be compacted; so this looks into records, and decompresses them if need be. */
    private static void checkKeys(byte[] bytes, BatchInfo info) {
        int number = 0;
        for (RecordCursor records = RecordCursor.ofProduced(bytes, info); records.next(); number++) {
            if (!records.hasKey()) {
                throw FlotillaException.of(
                        ErrorCode.ERROR_CODE_KEY_REQUIRED,
                        "record %d of the batch has no key, but the topic is compacted (cleanup.policy); give it one"
                                .formatted(number));
            }
        }
    }

    private static void checkProducer(ProducerSequence producer) {
        if (producer.transactional()) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE, "this broker has no transactions; leave it false");
        }
        if (producer.producerId() <= 0 || producer.producerEpoch() < 0 || producer.baseSequence() < 0) {
            throw FlotillaException.of(
                    ErrorCode.ERROR_CODE_INVALID_BATCH,
                    "producer %d with epoch %d and sequence %d; the id must be larger than 0, the others 0 or more"
                            .formatted(producer.producerId(), producer.producerEpoch(), producer.baseSequence()));
        }
    }

    private void checkTimestamps(BatchInfo info, TopicConfig config) {
        if (info.maxTimestampMs() == 0) {
            return; // the producer has no clock: append time is used
        }
        long now = clock.millis();
        long ahead = info.maxTimestampMs() - now;
        long behind = now - info.baseTimestampMs();
        if (ahead > config.timestampAfterMaxMs()) {
            throw timestamp(ahead, "ahead of", config.timestampAfterMaxMs(), "message.timestamp.after.max.ms");
        }
        if (behind > config.timestampBeforeMaxMs()) {
            throw timestamp(behind, "behind", config.timestampBeforeMaxMs(), "message.timestamp.before.max.ms");
        }
    }

    private static FlotillaException timestamp(long ms, String side, long allowed, String key) {
        return FlotillaException.of(
                ErrorCode.ERROR_CODE_INVALID_TIMESTAMP,
                "a record is %d ms %s the broker's clock, at most %d are allowed (%s)"
                        .formatted(ms, side, allowed, key));
    }
}
