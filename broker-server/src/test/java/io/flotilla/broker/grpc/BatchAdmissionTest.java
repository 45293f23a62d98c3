package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.flotilla.broker.partition.NewBatch;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.config.TopicConfig;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.PayloadFormat;
import io.flotilla.v1.ProducerStamp;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import io.flotilla.v1.TimestampType;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchAdmissionTest {
    private static final long NOW = 1_700_000_000_000L;

    private final BatchAdmission admission = new BatchAdmission(() -> Instant.ofEpochMilli(NOW));

    private static TopicConfig config(String key, String value) {
        return TopicConfig.of(new Configs(Map.of(key, value)), Configs.NONE);
    }

    private static byte[] batch(long... timestampsMs) {
        return TestBroker.batch(Compression.COMPRESSION_NONE, 100, timestampsMs);
    }

    private NewBatch admit(byte[] batch, TopicConfig config) {
        return admission.admit(batch, 0, batch.length, OptionalLong.empty(), config);
    }

    private FlotillaException refusal(byte[] batch, TopicConfig config) {
        Throwable thrown = catchThrowable(() -> admit(batch, config));
        assertThat(thrown).as("refusal").isNotNull();
        return Errors.of(thrown);
    }

    private ErrorCode refused(byte[] batch) {
        return refusal(batch, TopicConfig.DEFAULT).code();
    }

    /** The header it gets when it is appended. */
    private FrameHeader appended(NewBatch batch) throws Exception {
        TestBroker broker = new TestBroker();
        broker.replicas().nowMs().set(NOW + 5);
        broker.leads(TestBroker.FIRST, 1);
        broker.partition(TestBroker.FIRST).append(batch).join();
        byte[] frames = broker.partition(TestBroker.FIRST).read(0, 1).bytes();
        return BatchFrame.read(frames, 0, frames.length).header();
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"UNRECOGNIZED"})
    void takesEveryCodec(Compression compression) {
        byte[] batch = TestBroker.batch(compression, 10_000, NOW, NOW);

        assertThat(admit(batch, TopicConfig.DEFAULT).length()).isEqualTo(batch.length);
    }

    @Test
    void looksOnlyAtTheBatchWithinTheMessage() throws Exception {
        byte[] batch = batch(NOW, NOW);
        byte[] message = new byte[batch.length + 30];
        System.arraycopy(batch, 0, message, 10, batch.length);

        NewBatch admitted = admission.admit(message, 10, batch.length, OptionalLong.empty(), TopicConfig.DEFAULT);

        FrameHeader header = appended(admitted);
        assertThat(header.nextOffset() - header.baseOffset()).isEqualTo(2);
    }

    @Test
    void refusesAMessageWithoutABatch() {
        assertThat(refused(new byte[0])).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
    }

    @Test
    void refusesABatchWithoutRecords() throws Exception {
        byte[] plain = RecordBatch.newBuilder()
                .setRecords(RecordSet.getDefaultInstance())
                .build()
                .toByteArray();
        byte[] compressed =
                RecordBatch.parseFrom(TestBroker.batch(Compression.COMPRESSION_ZSTD, 10_000, NOW)).toBuilder()
                        .clearRecordCount()
                        .build()
                        .toByteArray();

        assertThat(refused(plain)).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
        assertThat(refused(compressed)).isEqualTo(ErrorCode.ERROR_CODE_INVALID_BATCH);
    }

    @Test
    void refusesABatchThatWasDamagedOnItsWay() {
        byte[] batch = batch(NOW);
        batch[batch.length - 1] ^= 1;

        assertThat(refused(batch)).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH);
    }

    @Test
    void takesABatchOfJustTheSizeTheTopicAllows() {
        byte[] batch = batch(NOW, NOW, NOW);

        assertThatCode(() -> admit(batch, config("max.message.bytes", Integer.toString(batch.length))))
                .doesNotThrowAnyException();
    }

    @Test
    void saysHowLargeABatchMayBe() {
        byte[] batch = batch(NOW, NOW, NOW);

        FlotillaException refusal = refusal(batch, config("max.message.bytes", Integer.toString(batch.length - 1)));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_BATCH_TOO_LARGE);
        assertThat(refusal.metadata()).containsEntry("max_bytes", Integer.toString(batch.length - 1));
    }

    @Test
    void refusesWhatItWouldHaveToUnderstandAndDoesNot() throws Exception {
        RecordBatch batch = RecordBatch.parseFrom(batch(NOW));

        assertThat(refused(batch.toBuilder()
                        .setProducer(ProducerStamp.newBuilder().setProducerId(7).setTransactional(true))
                        .build()
                        .toByteArray()))
                .isEqualTo(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
        assertThat(refused(RecordBatch.newBuilder()
                        .setRecordCount(1)
                        .setPayloadFormat(PayloadFormat.PAYLOAD_FORMAT_KAFKA_V2)
                        .setEncodedRecords(batch.getRecords().toByteString())
                        .build()
                        .toByteArray()))
                .isEqualTo(ErrorCode.ERROR_CODE_UNSUPPORTED_FEATURE);
    }

    @ParameterizedTest
    @ValueSource(longs = {NOW - 1000, NOW, NOW + 1000})
    void takesTimesWithinTheLimits(long timestampMs) {
        TopicConfig config = TopicConfig.of(
                new Configs(Map.of(
                        "message.timestamp.before.max.ms", "1000",
                        "message.timestamp.after.max.ms", "1000")),
                Configs.NONE);

        assertThatCode(() -> admit(batch(timestampMs), config)).doesNotThrowAnyException();
    }

    @Test
    void refusesTimesTooFarAheadOfItsClock() {
        FlotillaException refusal = refusal(batch(NOW, NOW + 1001), config("message.timestamp.after.max.ms", "1000"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_TIMESTAMP);
        assertThat(refusal.description()).contains("1001 ms ahead of", "message.timestamp.after.max.ms");
    }

    @Test
    void refusesTimesTooFarBehindItsClock() {
        FlotillaException refusal = refusal(batch(NOW - 1001, NOW), config("message.timestamp.before.max.ms", "1000"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_TIMESTAMP);
        assertThat(refusal.description()).contains("1001 ms behind", "message.timestamp.before.max.ms");
    }

    @Test
    void aTopicWithTimesOfItsOwnDoesNotLookAtThoseOfProducers() throws Exception {
        TopicConfig config = TopicConfig.of(
                new Configs(
                        Map.of("message.timestamp.type", "LogAppendTime", "message.timestamp.after.max.ms", "1000")),
                Configs.NONE);

        FrameHeader header = appended(admit(batch(NOW + 1_000_000), config));

        assertThat(header.timestampType()).isEqualTo(TimestampType.TIMESTAMP_TYPE_LOG_APPEND_TIME);
        assertThat(header.maxTimestampMs()).isEqualTo(NOW + 5);
    }

    @Test
    void keepsTheTimesOfProducersOtherwise() throws Exception {
        FrameHeader header = appended(admit(batch(NOW - 20, NOW - 10), TopicConfig.DEFAULT));

        assertThat(header.timestampType()).isEqualTo(TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        assertThat(header.maxTimestampMs()).isEqualTo(NOW - 10);
    }

    @Test
    void aProducerWithoutAClockGetsTheTimeOfTheAppend() throws Exception {
        FrameHeader header = appended(admit(batch(0, 0), config("message.timestamp.before.max.ms", "1000")));

        assertThat(header.maxTimestampMs()).isEqualTo(NOW + 5);
    }
}
