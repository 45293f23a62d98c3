package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.v1.Batches;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.Compression;
import io.flotilla.v1.DecodeOptions;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.FetchResponse;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.LogBatch;
import io.flotilla.v1.RecordBatch.PayloadCase;
import io.flotilla.v1.TimestampType;
import io.flotilla.wire.RawMethods;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks of batches of ten records each, from offset 0 on. */
class ChunkEncoderTest {
    private static final int RECORDS = 10;
    private static final int LARGE = 1 << 20;
    private static final long NO_LIMIT = Long.MAX_VALUE;
    private static final DecodeOptions PLAIN = DecodeOptions.getDefaultInstance();
    private static final DecodeOptions RICH = DecodeOptions.newBuilder()
            .addAllAccept(List.of(
                    Compression.COMPRESSION_GZIP,
                    Compression.COMPRESSION_SNAPPY,
                    Compression.COMPRESSION_LZ4,
                    Compression.COMPRESSION_ZSTD))
            .setAcceptUntrimmed(true)
            .build();

    private static byte[] frame(int number, Compression compression, int valueBytes) {
        byte[] batch = TestBroker.batch(compression, valueBytes, new long[RECORDS]);
        long base = (long) number * RECORDS;
        FrameHeader header =
                new FrameHeader(base, base + RECORDS, number, 1, 1000, 1000, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        return BatchFrame.of(header, batch, 0, batch.length).bytes();
    }

    private static Chunk chunk(@Nullable LeaderHint leader, byte[]... frames) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(new byte[7]); // what lies before the frames in an answer
        for (byte[] frame : frames) {
            message.writeBytes(frame);
        }
        long next = (long) frames.length * RECORDS;
        return new Chunk(new Chunk.Remote(message.toByteArray(), 7), next, next + 5, 0, leader);
    }

    private static Chunk plain(int batches, int valueBytes) {
        byte[][] frames = new byte[batches][];
        for (int i = 0; i < batches; i++) {
            frames[i] = frame(i, Compression.COMPRESSION_NONE, valueBytes);
        }
        return chunk(null, frames);
    }

    private static ChunkEncoder.Encoded encode(ChunkEncoder encoder, Chunk chunk, long from, long until) {
        return encoder.encode(Batches.newBuilder().setTopic("orders"), chunk, from, until, false);
    }

    private static Batches sent(ChunkEncoder.Encoded encoded) {
        try {
            return FetchResponse.parseFrom(bytes(encoded)).getBatches();
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(ChunkEncoder.Encoded encoded) {
        try (var in = RawMethods.SERVE_FETCH.streamResponse(encoded.message())) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** First and last offset of each batch. */
    private static List<String> ranges(Batches batches) {
        return batches.getBatchesList().stream()
                .map(batch -> batch.getBaseOffset() + "-" + (batch.getNextOffset() - 1))
                .toList();
    }

    private static FlotillaException refusal(ChunkEncoder encoder, Chunk chunk, long from) {
        Throwable thrown = catchThrowable(() -> encode(encoder, chunk, from, NO_LIMIT));
        assertThat(thrown).as("refusal").isNotNull();
        return Errors.of(thrown);
    }

    @Test
    void whoTakesEverythingGetsWhatIsStored() throws Exception {
        Chunk chunk =
                chunk(null, frame(0, Compression.COMPRESSION_GZIP, 1000), frame(1, Compression.COMPRESSION_NONE, 10));

        ChunkEncoder.Encoded encoded = encode(new ChunkEncoder(RICH, LARGE), chunk, 3, NO_LIMIT);

        ByteArrayOutputStream stored = new ByteArrayOutputStream();
        chunk.frames().writeTo(stored);
        assertThat(bytes(encoded)).endsWith(stored.toByteArray());
        assertThat(ranges(sent(encoded))).containsExactly("0-9", "10-19");
        assertThat(encoded.nextOffset()).isEqualTo(20);
        assertThat(encoded.batchBytes()).isEqualTo(stored.size());
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNRECOGNIZED"})
    void whoTakesNothingSpecialGetsPlainRecordsFromItsPositionOn(Compression stored) {
        Chunk chunk = chunk(null, frame(0, stored, 1000));

        Batches sent = sent(encode(new ChunkEncoder(PLAIN, LARGE), chunk, 3, NO_LIMIT));

        LogBatch batch = sent.getBatches(0);
        assertThat(ranges(sent)).containsExactly("3-9");
        assertThat(batch.getBatch().getRecords().getRecordsList()).hasSize(7);
    }

    @Test
    void acceptedCodecsAreNotDecompressed() {
        DecodeOptions options = DecodeOptions.newBuilder()
                .addAccept(Compression.COMPRESSION_GZIP)
                .build();
        Chunk chunk =
                chunk(null, frame(0, Compression.COMPRESSION_GZIP, 1000), frame(1, Compression.COMPRESSION_ZSTD, 1000));

        Batches sent = sent(encode(new ChunkEncoder(options, LARGE), chunk, 0, NO_LIMIT));

        assertThat(sent.getBatchesList())
                .extracting(batch -> batch.getBatch().getPayloadCase())
                .containsExactly(PayloadCase.ENCODED_RECORDS, PayloadCase.RECORDS);
    }

    @Test
    void stopsBeforeTheStopPosition() {
        ChunkEncoder.Encoded encoded = encode(new ChunkEncoder(PLAIN, LARGE), plain(3, 10), 5, 14);

        assertThat(ranges(sent(encoded))).containsExactly("5-9", "10-13");
        assertThat(encoded.nextOffset()).isEqualTo(14);
    }

    @Test
    void whoSkipsByItselfGetsTheBatchThatHoldsTheStopPositionButNoneBehindIt() {
        ChunkEncoder.Encoded encoded = encode(new ChunkEncoder(RICH, LARGE), plain(3, 10), 5, 14);

        assertThat(ranges(sent(encoded))).containsExactly("0-9", "10-19");
        assertThat(encoded.nextOffset()).isEqualTo(14);
    }

    @Test
    void aStopPositionBetweenBatchesIsMet() {
        ChunkEncoder.Encoded encoded = encode(new ChunkEncoder(RICH, LARGE), plain(3, 10), 0, 20);

        assertThat(ranges(sent(encoded))).containsExactly("0-9", "10-19");
        assertThat(encoded.nextOffset()).isEqualTo(20);
    }

    @Test
    void leavesForTheNextMessageWhatDoesNotFitThisOne() {
        Chunk chunk = plain(3, 100);
        int two = 2 * frame(0, Compression.COMPRESSION_NONE, 100).length;
        ChunkEncoder encoder = new ChunkEncoder(PLAIN, two);

        ChunkEncoder.Encoded first = encode(encoder, chunk, 0, NO_LIMIT);
        ChunkEncoder.Encoded second = encode(encoder, chunk, first.nextOffset(), NO_LIMIT);

        assertThat(first.batchBytes()).isEqualTo(two);
        assertThat(ranges(sent(first))).containsExactly("0-9", "10-19");
        assertThat(ranges(sent(second))).containsExactly("20-29");
    }

    @Test
    void sendsOneBatchEvenIfItIsLargerThanAsked() {
        ChunkEncoder.Encoded encoded = encode(new ChunkEncoder(PLAIN, 1), plain(2, 100), 0, NO_LIMIT);

        assertThat(ranges(sent(encoded))).containsExactly("0-9");
    }

    @ParameterizedTest
    @EnumSource(names = {"COMPRESSION_NONE", "COMPRESSION_ZSTD"})
    void aBatchThatFitsNoMessageOfTheClientArrivesInSeveral(Compression stored) {
        int messageBytes = 4096;
        ChunkEncoder encoder = new ChunkEncoder(
                PLAIN.toBuilder().setMaxMessageBytes(messageBytes).build(), LARGE);
        Chunk chunk = chunk(null, frame(0, stored, 900), frame(1, stored, 1));
        List<String> all = new ArrayList<>();
        int records = 0;

        long next = 0;
        while (next < 2 * RECORDS) {
            ChunkEncoder.Encoded encoded = encode(encoder, chunk, next, NO_LIMIT);
            assertThat(bytes(encoded).length).isLessThanOrEqualTo(messageBytes);
            assertThat(encoded.nextOffset()).isGreaterThan(next);
            next = encoded.nextOffset();
            all.addAll(ranges(sent(encoded)));
            for (LogBatch batch : sent(encoded).getBatchesList()) {
                records += batch.getBatch().getRecords().getRecordsCount();
            }
        }

        assertThat(records).isEqualTo(2 * RECORDS);
        assertThat(all.get(0)).startsWith("0-");
        assertThat(all.get(all.size() - 1)).endsWith("-19");
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void aRecordThatFitsNoMessageOfTheClientIsRefused() {
        ChunkEncoder encoder =
                new ChunkEncoder(PLAIN.toBuilder().setMaxMessageBytes(2048).build(), LARGE);

        assertThat(refusal(encoder, plain(1, 2000), 4).code()).isEqualTo(ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT);
    }

    @Test
    void aStoredBatchThatFitsNoMessageOfAClientThatCutsNothingSaysWhatIsNeeded() {
        Chunk chunk = plain(1, 1000);
        ChunkEncoder encoder =
                new ChunkEncoder(RICH.toBuilder().setMaxMessageBytes(4096).build(), LARGE);

        FlotillaException refusal = refusal(encoder, chunk, 0);

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_CLIENT_MESSAGE_LIMIT);
        int needed = Integer.parseInt(refusal.metadata().getOrDefault("needed_bytes", "0"));
        ChunkEncoder enough =
                new ChunkEncoder(RICH.toBuilder().setMaxMessageBytes(needed).build(), LARGE);
        assertThat(ranges(sent(encode(enough, chunk, 0, NO_LIMIT)))).containsExactly("0-9");
    }

    @Test
    void readsNoMoreThanTheClientCanTake() {
        assertThat(new ChunkEncoder(PLAIN, 500).readBytes()).isEqualTo(500);
        assertThat(new ChunkEncoder(PLAIN.toBuilder().setMaxMessageBytes(4096).build(), LARGE).readBytes())
                .isLessThan(4096);
    }

    @Test
    void saysWhereTheLogStandsAndWhoLeads() {
        LeaderHint leader = LeaderHint.newBuilder()
                .setEndpoint(BrokerEndpoint.newBuilder().setBrokerId(2))
                .build();

        Batches sent = sent(encode(
                new ChunkEncoder(PLAIN, LARGE),
                chunk(leader, frame(0, Compression.COMPRESSION_NONE, 10)),
                0,
                NO_LIMIT));

        assertThat(sent.getTopic()).isEqualTo("orders");
        assertThat(sent.getNextOffset()).isEqualTo(10);
        assertThat(sent.getHighWatermark()).isEqualTo(15);
        assertThat(sent.getLogStartOffset()).isZero();
        assertThat(sent.getLeader()).isEqualTo(leader);
    }

    @Test
    void asksForCreditBackWhereCreditIsGiven() {
        ChunkEncoder encoder = new ChunkEncoder(PLAIN, LARGE);

        ChunkEncoder.Encoded with = encoder.encode(Batches.newBuilder(), plain(1, 10), 4, NO_LIMIT, true);
        ChunkEncoder.Encoded without = encoder.encode(Batches.newBuilder(), plain(1, 10), 4, NO_LIMIT, false);

        assertThat(sent(with).getCreditBytes()).isEqualTo(with.batchBytes()).isPositive();
        assertThat(sent(without).getCreditBytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101})
    void sizesOutOfRangeAreRefused(int size) {
        Throwable thrown = catchThrowable(() -> ChunkEncoder.orDefault(size, 10, 100, "max_bytes"));

        assertThat(thrown).isInstanceOf(FlotillaException.class).hasMessageContaining("max_bytes is " + size);
    }

    @Test
    void zeroIsTheDefault() {
        assertThat(ChunkEncoder.orDefault(0, 10, 100, "max_bytes")).isEqualTo(10);
        assertThat(ChunkEncoder.orDefault(100, 10, 100, "max_bytes")).isEqualTo(100);
    }

    @Test
    void aNegativeMessageLimitIsRefused() {
        Throwable thrown = catchThrowable(() ->
                ChunkEncoder.check(PLAIN.toBuilder().setMaxMessageBytes(-1).build()));

        assertThat(thrown).isInstanceOf(FlotillaException.class).hasMessageContaining("max_message_bytes is -1");
    }

    @Test
    void whatComesBeforeARecordThatFitsNoMessageIsSent() {
        byte[] small = frame(0, Compression.COMPRESSION_NONE, 10);
        byte[] large = frame(1, Compression.COMPRESSION_GZIP, 100_000);
        ChunkEncoder encoder = new ChunkEncoder(
                DecodeOptions.newBuilder().setMaxMessageBytes(10_000).build(), LARGE);

        assertThat(encode(encoder, chunk(null, small, large), 0, NO_LIMIT).nextOffset())
                .isEqualTo(RECORDS);
    }
}
