package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Backoff, sticky partitions, and what configurations refuse. */
class SmallPartsTest {
    @Test
    void backoffDoublesUpToASecondAndBeginsAgainAfterASuccess() {
        Backoff backoff = new Backoff(Seeds.random(1));
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            waits.add(backoff.next(0));
        }

        assertThat(waits.get(0)).isBetween(Duration.ofMillis(50), Duration.ofMillis(75));
        assertThat(waits.get(3)).isBetween(Duration.ofMillis(400), Duration.ofMillis(600));
        assertThat(waits.get(7)).isBetween(Duration.ofSeconds(1), Duration.ofMillis(1500));
        assertThat(backoff.next(4000)).isEqualTo(Duration.ofSeconds(4));
        backoff.reset();
        assertThat(backoff.next(0)).isLessThan(Duration.ofMillis(76));
    }

    @Test
    void sticksToAPartitionForABatch() {
        StickyPartition sticky = new StickyPartition(2, 3, 100, partition -> true);
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            chosen.add(sticky.next(50));
        }

        assertThat(chosen).containsExactly(2, 2, 0, 0, 1, 1, 2, 2, 0, 0, 1, 1);
    }

    @Test
    void passesOverPartitionsWithoutALeader() {
        StickyPartition sticky = new StickyPartition(1, 3, 100, partition -> partition == 0);
        StickyPartition none = new StickyPartition(1, 3, 100, partition -> false);

        assertThat(sticky.next(10)).isZero();
        assertThat(none.next(10)).isEqualTo(1);
    }

    @Test
    void configurationsNameWhatIsWrong() {
        assertThatThrownBy(() -> ProducerConfig.DEFAULT.withMaxInFlightBatches(0))
                .hasMessage("maxInFlightBatches is 0; must be more than 0");
        assertThatThrownBy(() -> ReaderConfig.DEFAULT.withCreditBytes(0)).hasMessageContaining("creditBytes is 0");
        assertThatThrownBy(() -> ClientConfig.of(List.of())).hasMessageContaining("bootstrap is empty");
    }
}
