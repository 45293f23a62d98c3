package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ReadWaitersTest {
    private final ReadWaiters waiters = new ReadWaiters();
    private final List<String> woken = new ArrayList<>();

    private Runnable park(long offset, String name) {
        return waiters.park(offset, () -> woken.add(name));
    }

    @Test
    void wakesThoseTheHighWatermarkHasPassedAndNotThoseItHasOnlyReached() {
        park(4, "at 4");
        park(5, "at 5");
        park(6, "at 6");

        waiters.advancedTo(5);

        assertThat(woken).containsExactly("at 4");
        assertThat(waiters.size()).isEqualTo(2);
    }

    @Test
    void wakesEachOnce() {
        park(4, "first");

        waiters.advancedTo(5);
        waiters.advancedTo(6);
        waiters.wakeAll();

        assertThat(woken).containsExactly("first");
    }

    @Test
    void keepsNothingOfAReaderThatDoesNotWantToWaitAnyMore() {
        Runnable forget = park(4, "gone");
        park(4, "there");

        forget.run();
        forget.run();

        assertThat(waiters.size()).isEqualTo(1);
        waiters.advancedTo(5);
        assertThat(woken).containsExactly("there");
    }

    @Test
    void aReaderMayWaitForTheSameOffsetTwice() {
        Runnable wake = () -> woken.add("one reader");
        Runnable forgetFirst = waiters.park(4, wake);
        var unused = waiters.park(4, wake);

        forgetFirst.run();

        assertThat(waiters.size()).isEqualTo(1);
        waiters.advancedTo(5);
        assertThat(woken).containsExactly("one reader");
    }

    @Test
    void wakesAllWhereverTheyWait() {
        park(0, "at the start");
        park(Long.MAX_VALUE - 1, "far ahead");

        waiters.wakeAll();

        assertThat(woken).containsExactly("at the start", "far ahead");
        assertThat(waiters.size()).isZero();
    }

    @Test
    void aReaderThatParksAgainWhenWokenWaitsForTheNextAdvance() {
        var unused = waiters.park(4, () -> park(4, "again"));

        waiters.advancedTo(5);

        assertThat(woken).isEmpty();
        waiters.advancedTo(6);
        assertThat(woken).containsExactly("again");
    }

    @Test
    @Timeout(60)
    void othersMayParkAndForgetWhileAReaderIsWoken() {
        var unused = waiters.park(
                4,
                () -> CompletableFuture.runAsync(() -> park(9, "other").run()).join());

        waiters.advancedTo(5);

        assertThat(waiters.size()).isZero();
    }

    @Test
    void wakesEveryReaderOnceWhileTheyComeFromManyThreads() {
        int each = 5000;
        AtomicIntegerArray wakes = new AtomicIntegerArray(3 * each);
        List<CompletableFuture<Void>> readers = new ArrayList<>();
        for (int reader = 0; reader < 3; reader++) {
            int first = reader * each;
            readers.add(CompletableFuture.runAsync(() -> {
                for (int i = first; i < first + each; i++) {
                    int number = i;
                    var unused = waiters.park(0, () -> wakes.incrementAndGet(number));
                }
            }));
        }

        while (!readers.stream().allMatch(CompletableFuture::isDone)) {
            waiters.advancedTo(1);
        }
        waiters.advancedTo(1);

        for (int i = 0; i < wakes.length(); i++) {
            assertThat(wakes.get(i)).describedAs("reader %d", i).isEqualTo(1);
        }
    }
}
