package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void givesUntilItIsEmpty() throws InterruptedException {
        assertThat(budget.acquire(60, Duration.ZERO)).isTrue();
        assertThat(budget.acquire(40, Duration.ZERO)).isTrue();

        assertThat(budget.acquire(1, Duration.ofMillis(10))).isFalse();
        assertThat(budget.used()).isEqualTo(100);
    }

    @Test
    void waitsForBytesToComeBack() throws Exception {
        budget.acquire(80, Duration.ZERO);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> acquire(50));

        budget.release(10);
        assertThat(waiting).isNotDone();
        budget.release(30);

        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(budget.used()).isEqualTo(90);
    }

    @Test
    void givesWhatIsLargerThanItselfOnlyWhenNothingIsTaken() throws Exception {
        budget.acquire(1, Duration.ZERO);
        CompletableFuture<Boolean> waiting = CompletableFuture.supplyAsync(() -> acquire(1000));
        assertThat(budget.acquire(1000, Duration.ofMillis(10))).isFalse();

        budget.release(1);

        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(budget.acquire(1, Duration.ZERO)).isFalse();
    }

    @Test
    void overdraftIsPaidBackFirst() throws InterruptedException {
        budget.overdraw(150);

        budget.release(60);
        assertThat(budget.acquire(20, Duration.ZERO)).isFalse();
        budget.release(10);

        assertThat(budget.acquire(20, Duration.ZERO)).isTrue();
    }

    private boolean acquire(long bytes) {
        try {
            return budget.acquire(bytes, LONG);
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }
}
