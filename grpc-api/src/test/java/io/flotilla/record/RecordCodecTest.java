package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.Seeds;
import io.flotilla.v1.Compression;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.TimestampType;
import io.flotilla.wire.FormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Builder and cursor together, and each against generated code. */
class RecordCodecTest {
    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void readsBackWhatWasWritten(long seed) {
        RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 50; i++) {
            List<NewRecord> records = new RandomRecords(random).records(50);

            BatchFrame frame = BatchFrameTest.frame(500, records, random);

            assertThat(BatchFrameTest.recordsOf(frame)).isEqualTo(stored(frame.header(), records));
        }
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void generatedCodeReadsWhatTheBuilderWrites(long seed) throws InvalidProtocolBufferException {
        List<NewRecord> records = new RandomRecords(Seeds.random(seed)).records(50);
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_NONE, 0);
        records.forEach(builder::add);
        int announced = builder.sizeBytes();

        byte[] bytes = builder.build();

        RecordBatch generated = RecordBatch.parseFrom(bytes);
        assertThat(generated.getRecordCount()).isEqualTo(records.size());
        assertThat(generated.getRecords().getRecordsList())
                .extracting(record -> record.hasKey() ? record.getKey() : null)
                .isEqualTo(records.stream().map(NewRecord::key).toList());
        assertThat(generated.getRecords().getRecordsList())
                .extracting(record -> generated.getBaseTimestampMs() + record.getTimestampDeltaMs())
                .isEqualTo(records.stream().map(NewRecord::timestampMs).toList());
        assertThat(generated.getMaxTimestampMs())
                .isEqualTo(
                        records.stream().mapToLong(NewRecord::timestampMs).max().orElseThrow());
        assertThat(bytes).hasSizeLessThanOrEqualTo(announced);
        assertThat(builder.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void sizesAreNeverUnderestimated(long seed) {
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_NONE, 0);
        for (NewRecord record : new RandomRecords(Seeds.random(seed)).records(200)) {
            int before = builder.sizeBytes();

            builder.add(record);

            assertThat(builder.sizeBytes() - before).isBetween(1, BatchBuilder.maxRecordBytes(record));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"COMPRESSION_GZIP", "COMPRESSION_SNAPPY", "COMPRESSION_LZ4", "COMPRESSION_ZSTD"})
    void compressesWhatIsWorthIt(Compression compression) throws InvalidProtocolBufferException {
        BatchBuilder builder = new BatchBuilder(compression, 0);
        builder.add(NewRecord.of(ByteString.copyFrom(new byte[10_000])));

        RecordBatch batch = RecordBatch.parseFrom(builder.build());

        assertThat(batch.getCompression()).isEqualTo(compression);
        assertThat(batch.getEncodedRecords().size()).isLessThan(2000);
        assertThat(batch.getUncompressedBytes()).isGreaterThan(10_000);
    }

    @Test
    void leavesPlainWhatDoesNotCompress() throws InvalidProtocolBufferException {
        byte[] noise = new byte[10_000];
        Seeds.random(1).nextBytes(noise);
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_ZSTD, 0);
        builder.add(NewRecord.of(ByteString.copyFrom(noise)));

        RecordBatch batch = RecordBatch.parseFrom(builder.build());

        assertThat(batch.hasRecords()).isTrue();
        assertThat(batch.getCompression()).isEqualTo(Compression.COMPRESSION_UNSPECIFIED);
    }

    @Test
    void tellsNullFromEmpty() {
        List<NewRecord> records = List.of(
                new NewRecord(null, null, List.of(new RecordHeader("a", null)), 0),
                new NewRecord(ByteString.EMPTY, ByteString.EMPTY, List.of(new RecordHeader("", ByteString.EMPTY)), 0));

        List<StoredRecord> read = BatchFrameTest.recordsOf(BatchFrameTest.frame(0, records, Seeds.random(0)));

        assertThat(read).extracting(StoredRecord::key).containsExactly(null, ByteString.EMPTY);
        assertThat(read).extracting(StoredRecord::value).containsExactly(null, ByteString.EMPTY);
        assertThat(read.get(0).headers()).containsExactly(new RecordHeader("a", null));
        assertThat(read.get(1).headers()).containsExactly(new RecordHeader("", ByteString.EMPTY));
    }

    @Test
    void refusesToMixRecordsWithAndWithoutTimestamps() {
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_NONE, 0);
        builder.add(NewRecord.of("k", "v").withTimestamp(5));

        assertThatThrownBy(() -> builder.add(NewRecord.of("k", "v"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void usesTheAppendTimeWhenTheTopicOrTheLackOfAClockSaysSo() {
        RecordBatch timed = set(record(0), record(40)).setBaseTimestampMs(1000).build();
        RecordBatch untimed = set(record(0)).build();

        assertThat(timestamps(frame(timed, 2, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED)))
                .containsExactly(1000L, 1040L);
        assertThat(timestamps(frame(timed, 2, TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME)))
                .containsExactly(9L, 9L);
        assertThat(timestamps(frame(untimed, 1, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED)))
                .containsExactly(9L);
    }

    @Test
    void takesOffsetsFromCompactedRecords() {
        RecordBatch compacted = set(
                        Record.newBuilder().setOffsetDelta(0).build(),
                        Record.newBuilder().setOffsetDelta(7).build())
                .build();

        assertThat(BatchFrameTest.recordsOf(frame(compacted, 10, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED)))
                .extracting(StoredRecord::offset)
                .containsExactly(100L, 107L);
    }

    @Test
    void refusesOffsetsThatARecordCannotHave() {
        Record third = Record.newBuilder().setOffsetDelta(3).build();

        assertUnreadable(set(third, third), 10, "offset 103, not one of 104 to 109");
        assertUnreadable(set(third), 3, "offset 103, not one of 100 to 102");
        assertUnreadable(set(third, record(0)), 10, "only some records");
        assertUnreadable(set(record(0), record(0)), 1, "offset 101, not one of 101 to 100");
    }

    @Test
    void refusesACompressedBatchWithAnotherNumberOfRecordsThanDeclared() {
        byte[] payload = set(record(0), record(0)).getRecords().toByteArray();
        RecordBatch batch = RecordBatch.newBuilder()
                .setCompression(Compression.COMPRESSION_GZIP)
                .setUncompressedBytes(payload.length)
                .setRecordCount(3)
                .setEncodedRecords(ByteString.copyFrom(PayloadCodec.GZIP.compress(payload, 0, payload.length)))
                .build();

        assertUnreadable(batch.toBuilder(), 3, "2 records, not 3 as declared");
    }

    @Test
    void refusesRecordsThatOverlap() {
        byte[] payload = {0x0A, 4, 0x12, 3, 'a', 'b', 0x0A, 0};
        RecordBatch batch = RecordBatch.newBuilder()
                .setCompression(Compression.COMPRESSION_GZIP)
                .setUncompressedBytes(payload.length)
                .setRecordCount(2)
                .setEncodedRecords(ByteString.copyFrom(PayloadCodec.GZIP.compress(payload, 0, payload.length)))
                .build();

        assertUnreadable(batch.toBuilder(), 2, "longer than it says");
    }

    @Test
    void leavesKafkaBatchesToKafkaClients() {
        RecordBatch batch = RecordBatch.newBuilder()
                .setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_KAFKA_V2)
                .setRecordCount(1)
                .setEncodedRecords(ByteString.copyFromUtf8("kafka"))
                .build();

        assertUnreadable(batch.toBuilder(), 1, "PAYLOAD_FORMAT_KAFKA_V2");
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void readsOrRefusesWhateverThePayloadIs(long seed) {
        RandomGenerator random = Seeds.random(seed);
        RandomRecords records = new RandomRecords(random);
        int read = 0;
        for (int i = 0; i < 500; i++) {
            RecordBatch batch = records.batch();
            byte[] body = records.mutated(batch.toByteArray());
            BatchFrame frame = BatchFrame.of(SampleFrame.HEADER, body, 0, body.length);
            try {
                read += BatchFrameTest.recordsOf(frame).size();
            } catch (FormatException expected) {
                assertThat(expected).hasMessageMatching("(?s).+");
            }
        }
        assertThat(read).isPositive();
    }

    private static List<StoredRecord> stored(FrameHeader header, List<NewRecord> records) {
        List<StoredRecord> stored = new ArrayList<>();
        for (NewRecord record : records) {
            boolean appendTime = header.timestampType() == TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME
                    || record.timestampMs() == NewRecord.NO_TIMESTAMP;
            stored.add(new StoredRecord(
                    header.baseOffset() + stored.size(),
                    appendTime ? header.appendTimeMs() : record.timestampMs(),
                    record.key(),
                    record.value(),
                    record.headers()));
        }
        return stored;
    }

    private static Record record(long timestampDeltaMs) {
        return Record.newBuilder().setTimestampDeltaMs(timestampDeltaMs).build();
    }

    private static RecordBatch.Builder set(Record... records) {
        return RecordBatch.newBuilder().setRecords(RecordSet.newBuilder().addAllRecords(List.of(records)));
    }

    private static BatchFrame frame(RecordBatch batch, int offsets, TimestampType type) {
        byte[] body = batch.toByteArray();
        return BatchFrame.of(new FrameHeader(100, 100 + offsets, 1, 1, 9, 9, type), body, 0, body.length);
    }

    private static List<Long> timestamps(BatchFrame frame) {
        return BatchFrameTest.recordsOf(frame).stream()
                .map(StoredRecord::timestampMs)
                .toList();
    }

    private static void assertUnreadable(RecordBatch.Builder batch, int offsets, String message) {
        BatchFrame frame = frame(batch.build(), offsets, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        assertThatThrownBy(() -> BatchFrameTest.recordsOf(frame))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(message);
    }
}
