package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.Seeds;
import io.flotilla.raw.v1.RawLogBatch;
import io.flotilla.v1.Batches;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LogBatch;
import io.flotilla.v1.TimestampType;
import io.flotilla.wire.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchFrameTest {
    @Test
    void writesTheGoldenFrame() throws IOException {
        assertThat(SampleFrame.written().bytes()).isEqualTo(SampleFrame.golden());
    }

    @Test
    void readsTheGoldenFrame() throws IOException {
        byte[] golden = SampleFrame.golden();

        BatchFrame frame = BatchFrame.read(golden, 0, golden.length);

        frame.verifyBody();
        assertThat(frame.header()).isEqualTo(SampleFrame.HEADER);
        assertThat(frame.size()).isEqualTo(golden.length);
        assertThat(recordsOf(frame))
                .extracting(StoredRecord::offset, StoredRecord::timestampMs)
                .containsExactly(
                        tuple(1000L, 1_700_000_000_000L),
                        tuple(1001L, 1_700_000_000_100L),
                        tuple(1002L, 1_699_999_999_999L));
    }

    @Test
    void layoutIsTheOneInTheProto() throws IOException {
        byte[] golden = SampleFrame.golden();

        assertThat(golden[0]).isEqualTo((byte) 0x7A);
        assertThat(Arrays.copyOfRange(golden, 10, 19)).containsExactly(0x11, 0xE8, 0x03, 0, 0, 0, 0, 0, 0);
        assertThat(Arrays.copyOfRange(golden, 19, 28)).containsExactly(0x19, 0xEB, 0x03, 0, 0, 0, 0, 0, 0);
        assertThat(Arrays.copyOfRange(golden, 28, 37)).containsExactly(0x21, 77, 0, 0, 0, 0, 0, 0, 0);
        assertThat(Arrays.copyOfRange(golden, 37, 42)).containsExactly(0x2D, 5, 0, 0, 0);
        assertThat(golden[5]).isEqualTo((byte) 0x0D);
        assertThat(golden[42]).isEqualTo((byte) 0x31);
        assertThat(golden[51]).isEqualTo((byte) 0x39);
        assertThat(golden[60]).isEqualTo((byte) 0x45);
        assertThat(Arrays.copyOfRange(golden, 65, 68)).containsExactly(0x48, 0, 0x7A);
    }

    @Test
    void generatedCodeReadsAFrameAsField15() throws InvalidProtocolBufferException {
        BatchFrame frame = SampleFrame.written();

        LogBatch batch = Batches.parseFrom(frame.bytes()).getBatches(0);

        assertThat(batch.getBaseOffset()).isEqualTo(1000);
        assertThat(batch.getNextOffset()).isEqualTo(1003);
        assertThat(batch.getRaftIndex()).isEqualTo(77);
        assertThat(batch.getLeaderEpoch()).isEqualTo(5);
        assertThat(batch.getAppendTimeMs()).isEqualTo(1_700_000_000_123L);
        assertThat(batch.getMaxTimestampMs()).isEqualTo(1_700_000_000_100L);
        assertThat(batch.getTimestampType()).isEqualTo(TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        assertThat(batch.getBatchCrc32C())
                .isEqualTo(Checksum.of(frame.bytes(), frame.bodyPosition(), frame.bodyBytes()));
        assertThat(batch.getBatch().getRecords().getRecords(1).getValue().toStringUtf8())
                .isEqualTo("flotilla");
    }

    @Test
    void bothViewsReadTheSameBody() throws InvalidProtocolBufferException {
        BatchFrame frame = SampleFrame.written();
        byte[] logBatch = Arrays.copyOfRange(frame.bytes(), FrameHeader.OUTER_BYTES, frame.size());

        assertThat(RawLogBatch.parseFrom(logBatch).getBatch())
                .isEqualTo(LogBatch.parseFrom(logBatch).getBatch().toByteString())
                .isEqualTo(ByteString.copyFrom(SampleFrame.body()));
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void anySliceOfWholeFramesIsAValidMessage(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        List<BatchFrame> frames = new ArrayList<>();
        byte[] segment = new byte[0];
        long offset = random.nextLong(1L << 40);
        for (int i = 0; i < 20; i++) {
            BatchFrame frame = frame(offset, new RandomRecords(random).records(9), random);
            offset = frame.nextOffset();
            frames.add(frame);
            segment = RandomRecords.joined(segment, frame.bytes());
        }
        int first = random.nextInt(20);
        int last = random.nextInt(first, 20);
        int from = frames.subList(0, first).stream().mapToInt(BatchFrame::size).sum();
        int to = from
                + frames.subList(first, last + 1).stream()
                        .mapToInt(BatchFrame::size)
                        .sum();

        Batches generated = Batches.parseFrom(Arrays.copyOfRange(segment, from, to));
        List<Long> handWritten = new ArrayList<>();
        for (BatchFrame frame : new BatchFrames(segment, from, to)) {
            frame.verifyBody();
            handWritten.add(frame.baseOffset());
        }

        assertThat(generated.getBatchesList())
                .extracting(LogBatch::getBaseOffset)
                .isEqualTo(handWritten);
        assertThat(handWritten)
                .isEqualTo(frames.subList(first, last + 1).stream()
                        .map(BatchFrame::baseOffset)
                        .toList());
    }

    @Test
    void noticesEveryFlippedBit() {
        byte[] good = SampleFrame.written().bytes();

        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> BatchFrame.read(bad, 0, bad.length).verifyBody())
                    .as("bit %d of byte %d", bit % 8, bit / 8)
                    .isInstanceOfSatisfying(
                            FormatException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH));
        }
    }

    @Test
    void noticesEveryTruncation() {
        byte[] good = SampleFrame.written().bytes();

        for (int length = 0; length < good.length; length++) {
            int limit = length;
            assertThatThrownBy(() -> BatchFrame.read(good, 0, limit))
                    .as("first %d bytes", length)
                    .isInstanceOf(FormatException.class);
        }
    }

    @Test
    void keepsTheCountWhileOffsetsAreUnassigned() {
        FrameHeader header = FrameHeader.unassigned(7, 1, 2, TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME);
        byte[] body = SampleFrame.body();

        BatchFrame frame =
                BatchFrame.read(BatchFrame.of(header, body, 0, body.length).bytes(), 0, 72 + body.length);

        assertThat(frame.nextOffset() - frame.baseOffset()).isEqualTo(7);
        assertThat(frame.header()).isEqualTo(header);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 16383, 16384, 2097151, 2097152, FrameHeader.MAX_LENGTH})
    void paddedLengthsAreVarintsOfFourBytes(int length) throws IOException {
        byte[] bytes = new byte[6];

        FrameHeader.writePaddedLength(bytes, 1, length);

        assertThat(FrameHeader.paddedLength(bytes, 1)).isEqualTo(length);
        assertThat(CodedInputStream.newInstance(bytes, 1, 4).readRawVarint32()).isEqualTo(length);
        assertThat(bytes[5]).isZero();
    }

    static BatchFrame frame(long baseOffset, List<NewRecord> records, RandomGenerator random) {
        BatchBuilder builder = new BatchBuilder(Compression.forNumber(random.nextInt(1, 6)), random.nextInt(1000));
        records.forEach(builder::add);
        byte[] body = builder.build();
        FrameHeader header = new FrameHeader(
                baseOffset,
                baseOffset + records.size(),
                random.nextLong(1L << 50),
                random.nextInt(1 << 20),
                1_700_000_000_000L + random.nextInt(),
                records.stream().mapToLong(NewRecord::timestampMs).max().orElseThrow(),
                TimestampType.forNumber(random.nextInt(2)));
        return BatchFrame.of(header, body, 0, body.length);
    }

    static List<StoredRecord> recordsOf(BatchFrame frame) {
        List<StoredRecord> records = new ArrayList<>();
        for (RecordCursor cursor = RecordCursor.open(frame); cursor.next(); ) {
            records.add(cursor.record());
        }
        return records;
    }
}
