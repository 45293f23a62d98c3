package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTest {
    private final Loop loop = new Loop("loop-test");

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void runsTasksOneAfterAnotherOnItsOwnThread() {
        List<String> ran = new ArrayList<>();

        loop.execute(() -> ran.add("first on " + Thread.currentThread().getName()));
        loop.execute(() -> ran.add("second on " + Thread.currentThread().getName()));
        CompletableFuture.runAsync(() -> {}, loop).join();

        assertThat(ran).containsExactly("first on loop-test", "second on loop-test");
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        loop.execute(() -> {
            throw new IllegalStateException("this one is broken");
        });

        assertThat(CompletableFuture.supplyAsync(() -> "the next one", loop).join())
                .isEqualTo("the next one");
    }

    @Test
    void repeatsATaskThatThrows() throws InterruptedException {
        CountDownLatch threeTimes = new CountDownLatch(3);

        loop.every(Duration.ofMillis(1), () -> {
            threeTimes.countDown();
            throw new IllegalStateException("this one is broken every time");
        });

        assertThat(threeTimes.await(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void dropsWhatComesAfterItWasClosed() {
        loop.close();

        assertThatCode(() -> {
                    loop.execute(() -> {});
                    loop.after(Duration.ZERO, () -> {});
                })
                .doesNotThrowAnyException();
    }
}
