package io.flotilla.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.Seeds;
import io.flotilla.raw.v1.RawProduceRequest;
import io.flotilla.record.RandomRecords;
import io.flotilla.v1.Acks;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ProduceRequest;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProduceEnvelopeTest {
    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void seesTheSameAsGeneratedCode(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        for (int i = 0; i < 100; i++) {
            assertSameAsGenerated(request(random).toByteArray());
        }
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void refusesOrAgreesWithGeneratedCodeWhateverTheBytesAre(long seed) throws InvalidProtocolBufferException {
        RandomGenerator random = Seeds.random(seed);
        int accepted = 0;
        for (int i = 0; i < 1000; i++) {
            byte[] hostile = new RandomRecords(random).mutated(request(random).toByteArray());
            try {
                assertSameAsGenerated(hostile);
                accepted++;
            } catch (FormatException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_REQUEST);
            }
        }
        assertThat(accepted).isPositive();
    }

    private static void assertSameAsGenerated(byte[] bytes) throws InvalidProtocolBufferException {
        ProduceEnvelope envelope = ProduceEnvelope.scan(bytes);
        RawProduceRequest generated = RawProduceRequest.parseFrom(bytes);
        assertThat(envelope.bytes()).isSameAs(bytes);
        assertThat(envelope.correlationId()).isEqualTo(generated.getCorrelationId());
        assertThat(envelope.topic()).isEqualTo(generated.getTopic());
        assertThat(envelope.hasPartition()).isEqualTo(generated.hasPartition());
        assertThat(envelope.partition())
                .isEqualTo(generated.hasPartition() ? generated.getPartition() : ProduceEnvelope.NO_PARTITION);
        assertThat(envelope.hasLeaderEpoch()).isEqualTo(generated.hasLeaderEpoch());
        assertThat(envelope.leaderEpoch())
                .isEqualTo(generated.hasLeaderEpoch() ? generated.getLeaderEpoch() : ProduceEnvelope.NO_EPOCH);
        assertThat(envelope.topicId()).isEqualTo(generated.getTopicId());
        assertThat(envelope.acks()).isEqualTo(generated.getAcks());
        assertThat(envelope.timeoutMs()).isEqualTo(generated.getTimeoutMs());
        assertThat(envelope.leaderOnly()).isEqualTo(generated.getLeaderOnly());
        assertThat(envelope.routingKey()).isEqualTo(generated.getRoutingKey());
        assertThat(ByteString.copyFrom(bytes, envelope.batchPosition(), envelope.batchBytes()))
                .isEqualTo(generated.getBatch());
    }

    @Test
    void refusesASecondOccurrenceAndAnotherWireType() {
        byte[] once = ProduceRequest.newBuilder().setTopic("a").build().toByteArray();
        byte[] twice =
                ByteString.copyFrom(once).concat(ByteString.copyFrom(once)).toByteArray();
        byte[] wrong = new WireWriter(16).tag(15, WireType.VARINT).varint(1).toByteArray();

        assertThatThrownBy(() -> ProduceEnvelope.scan(twice)).hasMessage("field 2 of ProduceRequest occurs twice");
        assertThatThrownBy(() -> ProduceEnvelope.scan(wrong)).hasMessage("field 15 of ProduceRequest has wire type 0");
    }

    @Test
    void passesOverFieldsOfLaterReleases() {
        byte[] later = new WireWriter(32)
                .number(9, 7)
                .bytes(10, ByteString.copyFromUtf8("tx"))
                .number(40, 1)
                .toByteArray();

        ProduceEnvelope envelope = ProduceEnvelope.scan(later);

        assertThat(envelope.topic()).isEmpty();
        assertThat(envelope.batchBytes()).isZero();
        assertThat(envelope.acks()).isEqualTo(Acks.ACKS_UNSPECIFIED);
    }

    private static ProduceRequest request(RandomGenerator random) {
        RandomRecords records = new RandomRecords(random);
        ProduceRequest.Builder request = ProduceRequest.newBuilder()
                .setCorrelationId(random.nextLong())
                .setTopic("t" + random.nextInt())
                .setAcksValue(random.nextInt(4))
                .setTimeoutMs(random.nextInt())
                .setLeaderOnly(random.nextBoolean())
                .setTopicId(records.bytes(random.nextInt(17)))
                .setRoutingKey(records.bytes(random.nextInt(5)));
        if (random.nextBoolean()) {
            request.setPartition(random.nextInt()).setLeaderEpoch(random.nextInt());
        }
        if (random.nextInt(5) > 0) {
            request.setBatch(records.batch());
        }
        return request.build();
    }
}
