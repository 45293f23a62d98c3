package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DeliveryProgressTest {
    private final List<Long> acked = new ArrayList<>();
    private final DeliveryProgress progress = new DeliveryProgress();

    private final Tenure orders = tenure(new TopicPartition("orders", 0));
    private final Tenure others = tenure(new TopicPartition("orders", 1));

    private static Tenure tenure(TopicPartition partition) {
        return new Tenure(partition, ByteString.EMPTY, OptionalLong.empty());
    }

    private Delivery delivery(Tenure tenure, long next) {
        return new Delivery(tenure, List.of(), next, () -> {}, done -> acked.add(done.nextOffset()));
    }

    @Test
    void acksADeliveryOnceAllItsRecordsAreDone() {
        Runnable done = progress.begin(delivery(orders, 1), 3);

        done.run();
        done.run();
        assertThat(acked).isEmpty();
        done.run();

        assertThat(acked).containsExactly(1L);
    }

    @Test
    void acksInTheOrderOfThePartition() {
        Runnable first = progress.begin(delivery(orders, 1), 1);
        Runnable second = progress.begin(delivery(orders, 2), 1);
        Runnable elsewhere = progress.begin(delivery(others, 3), 1);

        second.run();
        elsewhere.run();
        assertThat(acked).containsExactly(3L);
        first.run();

        assertThat(acked).containsExactly(3L, 1L, 2L);
    }

    @Test
    void aDeliveryWithoutRecordsIsDoneAtOnce() {
        Runnable unused = progress.begin(delivery(orders, 1), 0);

        assertThat(acked).containsExactly(1L);
    }

    @Test
    void waitsForNothingOfATenureThatIsOver() {
        Runnable old = progress.begin(delivery(orders, 1), 1);
        Runnable fresh = progress.begin(delivery(tenure(orders.partition()), 1), 1);

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
