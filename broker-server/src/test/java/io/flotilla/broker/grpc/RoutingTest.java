package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.TestImages;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.LeaderHint;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingTest {
    private final TestBroker broker = new TestBroker();
    private final Routing routing = broker.routing();

    private static FlotillaException refusal(ThrowingCallable call) {
        return catchThrowableOfType(FlotillaException.class, call);
    }

    @Test
    void findsTopicsAndTheirPartitions() {
        assertThat(routing.partition(routing.topic("orders"), 1)).isEqualTo(TestBroker.SECOND);
    }

    @Test
    void aTopicThatDoesNotExistIsUnknown() {
        FlotillaException refusal = refusal(() -> routing.topic("payments"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(refusal.description()).contains("'payments'");
    }

    @Test
    void metadataThatIsNotKnownYetIsNotTakenForNoTopics() {
        broker.image(MetadataImage.EMPTY);

        FlotillaException refusal = refusal(() -> routing.topic("orders"));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_NO_QUORUM);
        assertThat(refusal.retriable()).isTrue();
        assertThat(refusal.ambiguous()).isFalse();
    }

    @Test
    void aTopicThatCannotExistHasAnInvalidName() {
        assertThat(refusal(() -> routing.topic("not/a/name")).code())
                .isEqualTo(ErrorCode.ERROR_CODE_INVALID_TOPIC_NAME);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 2, Integer.MAX_VALUE})
    void aPartitionThatTheTopicDoesNotHaveIsUnknown(int partition) {
        FlotillaException refusal = refusal(() -> routing.partition(broker.orders(), partition));

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(refusal.description()).contains("0 to 1, not " + partition);
    }

    @Test
    void aTopicOfTheSameNameIsNotTheOneAClientHadInMind() {
        ByteString other = ByteString.copyFrom(TestImages.topicId(2).toBytes());

        assertThat(refusal(() -> routing.topic("orders", other)).code())
                .isEqualTo(ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH);
        assertThat(routing.topic("orders", ByteString.EMPTY)).isEqualTo(broker.orders());
        assertThat(routing.topic("orders", MetadataViews.id(broker.orders()))).isEqualTo(broker.orders());
    }

    @Test
    void servesWhatItLeads() {
        var group = broker.leads(TestBroker.FIRST, 3);
        assertThat(routing.ledHere(TestBroker.FIRST)).contains(broker.partition(TestBroker.FIRST));

        group.follows(2, 4);

        assertThat(routing.ledHere(TestBroker.FIRST)).isEmpty();
    }

    @Test
    void pointsToTheLeader() {
        broker.ledBy(2, TestBroker.FIRST, 7);

        FlotillaException refusal = routing.notLeader(TestBroker.FIRST);

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_NOT_LEADER);
        assertThat(refusal.leader())
                .isEqualTo(LeaderHint.newBuilder()
                        .setEndpoint(BrokerEndpoint.newBuilder()
                                .setBrokerId(2)
                                .setHost("host-2")
                                .setPort(7400))
                        .setLeaderEpoch(7)
                        .build());
    }

    @Test
    void doesNotPointToItself() {
        broker.leads(TestBroker.FIRST, 3);

        assertThat(routing.leaderElsewhere(TestBroker.FIRST)).isEmpty();
    }

    @Test
    void doesNotPointToABrokerThatItDoesNotKnow() {
        broker.ledBy(9, TestBroker.FIRST, 7);

        assertThat(routing.notLeader(TestBroker.FIRST).code()).isEqualTo(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
    }

    @Test
    void withoutALeaderThereIsNoneToPointTo() {
        FlotillaException refusal = routing.notLeader(TestBroker.FIRST);

        assertThat(refusal.code()).isEqualTo(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE);
        assertThat(refusal.retriable()).isTrue();
        assertThat(refusal.description()).contains("orders/0");
    }

    @Test
    void refusesWhatIsMeantForAnotherLeadership() {
        broker.leads(TestBroker.FIRST, 5);
        var partition = broker.partition(TestBroker.FIRST);

        assertThat(refusal(() -> routing.requireEpoch(partition, 4)).code())
                .isEqualTo(ErrorCode.ERROR_CODE_FENCED_LEADER_EPOCH);
        assertThat(refusal(() -> routing.requireEpoch(partition, 6)).code())
                .isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_LEADER_EPOCH);
        routing.requireEpoch(partition, 5);
    }
}
