package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.v1.TopicPartition;
import org.junit.jupiter.api.Test;

class MemberDeliveriesTest {
    private static final TopicPartition ORDERS = partition(0);
    private static final TopicPartition OTHER = partition(1);

    private final MemberDeliveries deliveries = new MemberDeliveries();

    private static TopicPartition partition(int number) {
        return TopicPartition.newBuilder()
                .setTopic("orders")
                .setPartition(number)
                .build();
    }

    @Test
    void anAckCoversWhatCameBeforeInItsPartition() {
        long first = deliveries.add(ORDERS, 10, 100, 0);
        long other = deliveries.add(OTHER, 5, 1, 0);
        long second = deliveries.add(ORDERS, 20, 200, 0);

        assertThat(deliveries.ack(second)).hasValue(new MemberDeliveries.Done(ORDERS, 20, 300));
        assertThat(deliveries.ack(first)).isEmpty();
        assertThat(deliveries.isOut(ORDERS)).isFalse();
        assertThat(deliveries.isOut(OTHER)).isTrue();
        assertThat(deliveries.oldest().orElseThrow().id()).isEqualTo(other);
        assertThat(deliveries.count()).isEqualTo(1);
    }

    @Test
    void whatIsForgottenCanBeAckedWithoutEffect() {
        long first = deliveries.add(ORDERS, 10, 100, 0);

        assertThat(deliveries.forget(ORDERS)).isEqualTo(100);
        assertThat(deliveries.forget(ORDERS)).isZero();
        assertThat(deliveries.ack(first)).isEmpty();
        assertThat(deliveries.count()).isZero();
    }

    @Test
    void whatWasNeverDeliveredCannotBeAcked() {
        long unused = deliveries.add(ORDERS, 10, 100, 0);

        for (long id : new long[] {0, -1, 2}) {
            assertThatThrownBy(() -> deliveries.ack(id)).hasMessageContaining("was never delivered");
        }
    }
}
