package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.flotilla.Seeds;
import io.flotilla.raw.v1.RawRecordBatch;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.WireType;
import io.flotilla.wire.WireWriter;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchScannerTest {
    private static final int MAX = BatchScanner.MAX_BATCH_RECORDS;

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void seesTheSameAsGeneratedCodeInEveryBatchItAccepts(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        RandomRecords records = new RandomRecords(random);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = records.batch().toByteArray();

            BatchInfo info = BatchScanner.check(bytes, 0, bytes.length, MAX);

            assertSameAsGenerated(info, bytes, RawRecordBatch.parseFrom(bytes));
        }
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void refusesOrAgreesWithGeneratedCodeWhateverTheBytesAre(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        RandomRecords records = new RandomRecords(random);
        int accepted = 0;
        for (int i = 0; i < 2000; i++) {
            byte[] hostile = records.mutated(records.batch().toByteArray());
            // surrounded, so that reading too far would be noticed as another result
            byte[] bytes = RandomRecords.joined(new byte[] {0x7A, 1, 2}, hostile, new byte[] {0x7A, 3, 1, 1, 1});
            BatchInfo info;
            try {
                info = BatchScanner.check(bytes, 3, hostile.length, MAX);
            } catch (FormatException refused) {
                assertThat(refused.code())
                        .isIn(
                                ErrorCode.ERROR_CODE_INVALID_BATCH,
                                ErrorCode.ERROR_CODE_CORRUPT_BATCH,
                                ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION,
                                ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
                continue;
            }
            accepted++;
            assertSameAsGenerated(info, bytes, RawRecordBatch.parseFrom(hostile));
        }
        assertThat(accepted).isPositive();
    }

    private static void assertSameAsGenerated(BatchInfo info, byte[] bytes, RawRecordBatch generated)
            throws InvalidProtocolBufferException {
        ByteString payload = generated.hasRecords() ? generated.getRecords() : generated.getEncodedRecords();
        assertThat(ByteString.copyFrom(bytes, info.payloadPosition(), info.payloadBytes()))
                .isEqualTo(payload);
        assertThat(info.plain()).isEqualTo(generated.hasRecords()).isNotEqualTo(generated.hasEncodedRecords());
        assertThat(info.baseTimestampMs()).isEqualTo(generated.getBaseTimestampMs());
        assertThat(info.maxTimestampMs())
                .isEqualTo(
                        generated.getMaxTimestampMs() == 0
                                ? generated.getBaseTimestampMs()
                                : generated.getMaxTimestampMs());
        assertThat(info.compression().getNumber())
                .isEqualTo(Math.max(1, generated.getCompression().getNumber()));
        assertThat(info.format()).isEqualTo(generated.getPayloadFormat());
        assertThat(info.recordCount()).isPositive();
        if (generated.getRecordCount() != 0) {
            assertThat(info.recordCount()).isEqualTo(generated.getRecordCount());
        }
        ProducerStamp stamp = generated.getProducer();
        assertThat(info.producer())
                .isEqualTo(
                        generated.hasProducer()
                                ? new ProducerSequence(
                                        stamp.getProducerId(),
                                        stamp.getProducerEpoch(),
                                        stamp.getBaseSequence(),
                                        stamp.getTransactional())
                                : null);
    }

    @Test
    void countsTheRecordsOfAPlainPayload() {
        byte[] bytes = plain(3).build().toByteArray();

        assertThat(BatchScanner.check(bytes, 0, bytes.length, MAX).recordCount())
                .isEqualTo(3);
    }

    @Test
    void refusesARecordCountThatIsNotTrue() {
        assertInvalid(plain(3).setRecordCount(2), "record_count is 2 but there are 3 records");
        assertInvalid(plain(3).setRecordCount(-1), "record_count is -1");
        assertInvalid(plain(0), "at least one record");
        assertInvalid(compressed().setRecordCount(0), "record_count is required");
    }

    @Test
    void refusesMoreRecordsThanAllowed() {
        byte[] bytes = plain(3).build().toByteArray();

        assertThatThrownBy(() -> BatchScanner.check(bytes, 0, bytes.length, 2))
                .isInstanceOf(FormatException.class)
                .hasMessage("3 records are more than the 2 allowed in a batch");
        assertInvalid(compressed().setRecordCount(MAX + 1), "more than the 100000 allowed");
    }

    @Test
    void refusesNoPayloadAndBothPayloads() {
        byte[] both = RandomRecords.joined(
                plain(1).build().toByteArray(),
                compressed()
                        .clearRecordCount()
                        .clearUncompressedBytes()
                        .clearCompression()
                        .build()
                        .toByteArray());

        assertInvalid(RecordBatch.newBuilder().setRecordCount(1), "exactly one of");
        assertInvalid(both, "exactly one of");
    }

    @Test
    void refusesASecondOccurrenceOfAnyField() {
        byte[] plain = plain(1).setRecordCount(1).build().toByteArray();
        byte[] compressed = compressed().build().toByteArray();

        assertInvalid(
                RandomRecords.joined(plain, plain(1).build().toByteArray()), "field 15 of RecordBatch occurs twice");
        assertInvalid(
                RandomRecords.joined(
                        compressed,
                        RecordBatch.newBuilder()
                                .setEncodedRecords(ByteString.EMPTY)
                                .build()
                                .toByteArray()),
                "field 16 of RecordBatch occurs twice");
        assertInvalid(
                RandomRecords.joined(
                        RecordBatch.newBuilder().setRecordCount(7).build().toByteArray(), plain),
                "field 1 of RecordBatch occurs twice");
    }

    @Test
    void refusesAKnownFieldWithAnotherWireType() {
        byte[] fixed = new WireWriter(16).tag(1, WireType.FIXED32).fixed32(1).toByteArray();

        assertInvalid(
                RandomRecords.joined(fixed, plain(1).build().toByteArray()), "field 1 of RecordBatch has wire type 5");
    }

    @Test
    void refusesGroups() {
        byte[] group = RecordBatch.newBuilder()
                .setUnknownFields(UnknownFieldSet.newBuilder()
                        .addField(
                                20,
                                UnknownFieldSet.Field.newBuilder()
                                        .addGroup(UnknownFieldSet.getDefaultInstance())
                                        .build())
                        .build())
                .build()
                .toByteArray();

        assertInvalid(RandomRecords.joined(group, plain(1).build().toByteArray()), "wire type 3");
    }

    @Test
    void passesOverFieldsOfLaterReleases() {
        byte[] later = new WireWriter(64)
                .number(8, 5)
                .bytes(20, ByteString.copyFromUtf8("later"))
                .tag(1000, WireType.FIXED64)
                .fixed64(1)
                .toByteArray();
        byte[] bytes = RandomRecords.joined(later, plain(2).build().toByteArray());

        assertThat(BatchScanner.check(bytes, 0, bytes.length, MAX).recordCount())
                .isEqualTo(2);
    }

    @Test
    void acceptsPaddedLengthsAndAnyOrderOfFields() {
        byte[] records = plain(1).build().getRecords().toByteArray();
        byte[] bytes = new WireWriter(64)
                .tag(15, WireType.LENGTH_DELIMITED)
                .raw(new byte[] {(byte) (records.length | 0x80), (byte) 0x80, (byte) 0x80, 0}, 0, 4)
                .raw(records, 0, records.length)
                .number(1, 1)
                .toByteArray();

        assertThat(BatchScanner.check(bytes, 0, bytes.length, MAX).payloadBytes())
                .isEqualTo(records.length);
    }

    @Test
    void refusesVarintsThatDoNotEnd() {
        byte[] endless = new byte[20];
        Arrays.fill(endless, (byte) 0xFF);
        byte[] longTag = {(byte) 0x88, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 0, 1};
        byte[] hugeCount = new WireWriter(16).number(1, 1L << 40).toByteArray();

        assertInvalid(endless, "more than 5 bytes");
        assertInvalid(longTag, "more than 5 bytes");
        assertInvalid(RandomRecords.joined(new byte[] {8}, endless), "does not fit 64 bits");
        assertInvalid(hugeCount, "does not fit 32 bits");
    }

    @Test
    void refusesEveryTruncation() {
        byte[] bytes = plain(2).setRecordCount(2).setBaseTimestampMs(1).build().toByteArray();

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> BatchScanner.check(cut, 0, cut.length, MAX))
                    .as("first %d bytes", length)
                    .isInstanceOf(FormatException.class);
        }
    }

    @Test
    void refusesAPayloadThatDoesNotMatchItsChecksum() {
        RecordBatch batch = plain(1).build();
        byte[] payload = batch.getRecords().toByteArray();
        byte[] right = batch.toBuilder()
                .setCrc32C(Checksum.of(payload, 0, payload.length))
                .build()
                .toByteArray();
        byte[] wrong = batch.toBuilder()
                .setCrc32C(Checksum.of(payload, 0, payload.length) + 1)
                .build()
                .toByteArray();

        assertThat(BatchScanner.check(right, 0, right.length, MAX).recordCount())
                .isEqualTo(1);
        assertRefused(() -> BatchScanner.check(wrong, 0, wrong.length, MAX), ErrorCode.ERROR_CODE_CORRUPT_BATCH);
    }

    @Test
    void refusesCodecsAndFormatsItDoesNotKnow() {
        byte[] codec = compressed().setCompressionValue(77).build().toByteArray();
        byte[] format = compressed().setPayloadFormatValue(77).build().toByteArray();

        assertRefused(
                () -> BatchScanner.check(codec, 0, codec.length, MAX), ErrorCode.ERROR_CODE_UNSUPPORTED_COMPRESSION);
        assertRefused(
                () -> BatchScanner.check(format, 0, format.length, MAX), ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
    }

    @Test
    void refusesHeadersThatContradictThePayload() {
        assertInvalid(plain(1).setCompression(Compression.COMPRESSION_ZSTD), "do not go with plain records");
        assertInvalid(plain(1).setUncompressedBytes(1), "do not go with plain records");
        assertInvalid(plain(1).setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_KAFKA_V2), "do not go with plain records");
        assertInvalid(
                compressed().setCompression(Compression.COMPRESSION_NONE), "needs a compression or a payload_format");
        assertInvalid(compressed().setUncompressedBytes(0), "uncompressed_bytes is 0");
        assertInvalid(compressed().setUncompressedBytes((64 << 20) + 1), "must be 1 to 67108864");
        assertInvalid(
                compressed().setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_KAFKA_V2), "do not go with payload format");
    }

    private static RecordBatch.Builder plain(int records) {
        RecordSet.Builder set = RecordSet.newBuilder();
        for (int i = 0; i < records; i++) {
            set.addRecords(Record.newBuilder().setValue(ByteString.copyFromUtf8("value " + i)));
        }
        return RecordBatch.newBuilder().setRecords(set);
    }

    private static RecordBatch.Builder compressed() {
        return RecordBatch.newBuilder()
                .setRecordCount(1)
                .setCompression(Compression.COMPRESSION_ZSTD)
                .setUncompressedBytes(10)
                .setEncodedRecords(ByteString.copyFromUtf8("whatever"));
    }

    private static void assertInvalid(RecordBatch.Builder batch, String message) {
        assertInvalid(batch.build().toByteArray(), message);
    }

    private static void assertInvalid(byte[] bytes, String message) {
        assertThatThrownBy(() -> BatchScanner.check(bytes, 0, bytes.length, MAX))
                .hasMessageContaining(message);
        assertRefused(() -> BatchScanner.check(bytes, 0, bytes.length, MAX), ErrorCode.ERROR_CODE_INVALID_BATCH);
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FormatException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
