package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.Seeds;
import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LogBatch;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.Record;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.TimestampType;
import io.flotilla.wire.FormatException;
import io.flotilla.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BatchTranscoderTest {
    private static final BatchTranscoder SIMPLE = BatchTranscoder.of(DecodeOptions.getDefaultInstance());
    private static final long ALL = BatchTranscoder.NO_LIMIT;

    @Test
    void leavesAlonePlainBatchesInsideTheRange() {
        BatchFrame stored = SampleFrame.written();

        assertThat(SIMPLE.transcode(stored, 1000, ALL)).isSameAs(stored);
        assertThat(SIMPLE.transcode(stored, 0, 1003)).isSameAs(stored);
    }

    @Test
    void leavesEverythingAloneForClientsThatCanDoItAll() {
        BatchTranscoder rich = BatchTranscoder.of(DecodeOptions.newBuilder()
                .addAllAccept(List.of(
                        Compression.COMPRESSION_GZIP,
                        Compression.COMPRESSION_SNAPPY,
                        Compression.COMPRESSION_LZ4,
                        Compression.COMPRESSION_ZSTD))
                .setAcceptUntrimmed(true)
                .build());
        BatchFrame stored = compressed(100);

        assertThat(rich.isVerbatim()).isTrue();
        assertThat(rich.transcode(stored, 1050, 1060)).isSameAs(stored);
        assertThat(SIMPLE.isVerbatim()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void givesExactlyTheRecordsInTheRange(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 50; i++) {
            BatchFrame stored = BatchFrameTest.frame(1000, new RandomRecords(random).records(40), random);
            List<StoredRecord> all = BatchFrameTest.recordsOf(stored);
            long from = random.nextLong(990, 1045);
            long until = random.nextLong(990, 1045);

            BatchFrame result = SIMPLE.transcode(stored, from, until);

            List<StoredRecord> wanted = all.stream()
                    .filter(record -> record.offset() >= from && record.offset() < until)
                    .toList();
            if (wanted.isEmpty()) {
                assertThat(result).isNull();
                continue;
            }
            BatchFrame cut = Objects.requireNonNull(result);
            assertWhole(cut);
            assertThat(BatchFrameTest.recordsOf(cut)).isEqualTo(wanted);
            assertThat(cut.baseOffset()).isEqualTo(wanted.get(0).offset());
            assertThat(cut.nextOffset()).isEqualTo(wanted.get(wanted.size() - 1).offset() + 1);
        }
    }

    /** What a client with generated code relies on. */
    private static void assertWhole(BatchFrame frame) throws InvalidProtocolBufferException {
        BatchFrame read = BatchFrame.read(frame.bytes(), frame.position(), frame.position() + frame.size());
        read.verifyBody();
        LogBatch batch = LogBatch.parseFrom(Arrays.copyOfRange(
                frame.bytes(), frame.position() + FrameHeader.OUTER_BYTES, frame.position() + frame.size()));
        assertThat(batch.getBatch().hasRecords()).isTrue();
        assertThat(batch.getBatch().getCompression().getNumber()).isLessThan(2);
        BatchScanner.check(frame.bytes(), frame.bodyPosition(), frame.bodyBytes(), BatchScanner.MAX_BATCH_RECORDS);
    }

    @Test
    void cutsABatchIntoMessagesThatFit() throws InvalidProtocolBufferException {
        BatchFrame stored = compressed(100);
        BatchTranscoder small = new BatchTranscoder(Set.of(), false, 3000);
        List<StoredRecord> read = new ArrayList<>();
        int pieces = 0;

        for (long from = 1000; from < stored.nextOffset(); pieces++) {
            BatchFrame piece = Objects.requireNonNull(small.transcode(stored, from, ALL));
            assertWhole(piece);
            assertThat(piece.size()).isLessThanOrEqualTo(3000);
            read.addAll(BatchFrameTest.recordsOf(piece));
            from = piece.nextOffset();
        }

        assertThat(read).isEqualTo(BatchFrameTest.recordsOf(stored));
        assertThat(pieces).isGreaterThan(5);
    }

    @Test
    void saysHowLargeAMessageOneRecordNeeds() {
        BatchFrame stored = compressed(3);
        BatchTranscoder tiny = new BatchTranscoder(Set.of(), false, 150);

        assertThatThrownBy(() -> tiny.transcode(stored, 1000, ALL))
                .isInstanceOfSatisfying(
                        FormatException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT));
    }

    @Test
    void keepsWhatIsAsTrueOfSomeRecordsAsOfAll() throws InvalidProtocolBufferException {
        ProducerStamp stamp =
                ProducerStamp.newBuilder().setProducerId(9).setBaseSequence(4).build();
        byte[] later = new WireWriter(16).number(8, 3).toByteArray();
        byte[] body = RandomRecords.joined(
                later,
                RecordBatch.parseFrom(SampleFrame.body()).toBuilder()
                        .setProducer(stamp)
                        .build()
                        .toByteArray());
        BatchFrame stored = BatchFrame.of(SampleFrame.HEADER, body, 0, body.length);

        BatchFrame cut = Objects.requireNonNull(SIMPLE.transcode(stored, 1001, ALL));

        RecordBatch batch =
                RecordBatch.parseFrom(ByteString.copyFrom(cut.bytes(), cut.bodyPosition(), cut.bodyBytes()));
        assertThat(batch.getProducer()).isEqualTo(stamp);
        assertThat(batch.getUnknownFields().asMap()).containsKey(8);
        assertThat(cut.header().raftIndex()).isEqualTo(77);
        assertThat(cut.header().leaderEpoch()).isEqualTo(5);
    }

    @Test
    void keepsTheBaseThatWrittenOffsetsCountFrom() {
        RecordSet.Builder set = RecordSet.newBuilder();
        IntStream.of(2, 5, 9)
                .forEach(delta -> set.addRecords(Record.newBuilder().setOffsetDelta(delta)));
        byte[] body = RecordBatch.newBuilder().setRecords(set).build().toByteArray();
        BatchFrame stored = BatchFrame.of(
                new FrameHeader(100, 120, 1, 1, 1, 1, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED), body, 0, body.length);

        BatchFrame cut = Objects.requireNonNull(SIMPLE.transcode(stored, 103, 107));

        assertThat(BatchFrameTest.recordsOf(cut))
                .extracting(StoredRecord::offset)
                .containsExactly(105L);
        assertThat(cut.nextOffset()).isEqualTo(109);
        assertThat(Objects.requireNonNull(SIMPLE.transcode(stored, 103, ALL)).nextOffset())
                .isEqualTo(120);
    }

    @Test
    void refusesKafkaBatches() {
        byte[] body = RecordBatch.newBuilder()
                .setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_KAFKA_V2)
                .setRecordCount(3)
                .setEncodedRecords(ByteString.copyFromUtf8("kafka"))
                .build()
                .toByteArray();
        BatchFrame stored = BatchFrame.of(SampleFrame.HEADER, body, 0, body.length);

        assertThatThrownBy(() -> SIMPLE.transcode(stored, 1000, ALL))
                .isInstanceOfSatisfying(
                        FormatException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE));
    }

    private static BatchFrame compressed(int records) {
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_ZSTD, 0);
        for (int i = 0; i < records; i++) {
            builder.add(NewRecord.of("key " + i, "v".repeat(500)));
        }
        byte[] body = builder.build();
        return BatchFrame.of(
                new FrameHeader(1000, 1000 + records, 1, 1, 1, 1, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED),
                body,
                0,
                body.length);
    }
}
