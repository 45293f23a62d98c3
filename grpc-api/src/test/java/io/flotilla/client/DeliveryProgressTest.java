package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeliveryProgressTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final TopicPartition OTHER = new TopicPartition("orders", 1);

    private final List<Long> acked = new ArrayList<>();
    private final DeliveryProgress progress = new DeliveryProgress();

    private Delivery delivery(TopicPartition partition, long id, int stream) {
        return new Delivery(partition, List.of(), id * 10, id, stream, done -> acked.add(done.id()));
    }

    @Test
    void acksADeliveryOnceAllItsRecordsAreDone() {
        Runnable done = progress.begin(delivery(ORDERS, 1, 1), 3);

        done.run();
        done.run();
        assertThat(acked).isEmpty();
        done.run();

        assertThat(acked).containsExactly(1L);
    }

    @Test
    void acksInTheOrderOfThePartition() {
        Runnable first = progress.begin(delivery(ORDERS, 1, 1), 1);
        Runnable second = progress.begin(delivery(ORDERS, 2, 1), 1);
        Runnable elsewhere = progress.begin(delivery(OTHER, 3, 1), 1);

        second.run();
        elsewhere.run();
        assertThat(acked).containsExactly(3L);
        first.run();

        assertThat(acked).containsExactly(3L, 1L, 2L);
    }

    @Test
    void aDeliveryWithoutRecordsIsDoneAtOnce() {
        Runnable unused = progress.begin(delivery(ORDERS, 1, 1), 0);

        assertThat(acked).containsExactly(1L);
    }

    @Test
    void waitsForNothingOfAStreamThatIsOver() {
        Runnable old = progress.begin(delivery(ORDERS, 1, 1), 1);
        Runnable fresh = progress.begin(delivery(ORDERS, 1, 2), 1);

        fresh.run();
        assertThat(acked).containsExactly(1L);
        old.run();

        assertThat(acked).containsExactly(1L);
    }

    @Test
    void waitsOfRetriesDoubleUpToTheLast() {
        RetryPolicy policy = RetryPolicy.DEFAULT.withWaits(Duration.ofMillis(100), Duration.ofSeconds(1));

        assertThat(policy.waitBefore(1)).hasMillis(100);
        assertThat(policy.waitBefore(3)).hasMillis(400);
        assertThat(policy.waitBefore(5)).hasMillis(1000);
        assertThat(policy.waitBefore(100)).hasMillis(1000);
    }
}
