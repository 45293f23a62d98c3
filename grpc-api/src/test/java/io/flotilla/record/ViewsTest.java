package io.flotilla.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.Seeds;
import io.flotilla.raw.v1.RawProduceRequest;
import io.flotilla.raw.v1.RawRecordBatch;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.RecordBatch;
import io.flotilla.v1.RecordSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** flotilla.v1 and flotilla.raw.v1 are two views of the same bytes. */
class ViewsTest {
    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void batchesComeBackUnchangedThroughTheOtherView(long seed) throws InvalidProtocolBufferException {
        RandomRecords records = new RandomRecords(Seeds.random(seed));
        for (int i = 0; i < 100; i++) {
            RecordBatch batch = records.batch();

            RawRecordBatch raw = RawRecordBatch.parseFrom(batch.toByteString());

            assertThat(raw.toByteString()).isEqualTo(batch.toByteString());
            assertThat(RecordBatch.parseFrom(raw.toByteString())).isEqualTo(batch);
            assertThat(raw.getUnknownFields().asMap()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void requestsComeBackUnchangedThroughTheOtherView(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        ProduceRequest request = ProduceRequest.newBuilder()
                .setCorrelationId(random.nextLong())
                .setTopic("orders")
                .setPartition(random.nextInt(100))
                .setLeaderEpoch(random.nextInt(100))
                .setTopicId(new RandomRecords(random).bytes(16))
                .setAcksValue(random.nextInt(2))
                .setTimeoutMs(random.nextInt())
                .setLeaderOnly(random.nextBoolean())
                .setRoutingKey(new RandomRecords(random).bytes(5))
                .setBatch(new RandomRecords(random).batch())
                .build();

        RawProduceRequest raw = RawProduceRequest.parseFrom(request.toByteString());

        assertThat(raw.getBatch()).isEqualTo(request.getBatch().toByteString());
        assertThat(raw.toByteString()).isEqualTo(request.toByteString());
        assertThat(raw.getUnknownFields().asMap()).isEmpty();
    }

    @Test
    void aPayloadThatOccursTwiceIsReadDifferentlyWhichIsWhyScannersRefuseIt() throws InvalidProtocolBufferException {
        ByteString once = RecordBatch.parseFrom(SampleFrame.body()).toByteString();
        ByteString twice = once.concat(once);

        RecordSet merged = RecordBatch.parseFrom(twice).getRecords();
        RecordSet overwritten =
                RecordSet.parseFrom(RawRecordBatch.parseFrom(twice).getRecords());

        assertThat(merged.getRecordsCount()).isEqualTo(6);
        assertThat(overwritten.getRecordsCount()).isEqualTo(3);
    }
}
