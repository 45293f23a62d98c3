package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SerialTest {
    private static final int MANY = 10_000;

    private final Queue<Runnable> pool = new ArrayDeque<>();
    private final List<String> ran = new ArrayList<>();
    private final Serial serial = new Serial(pool::add);

    private void runAll() {
        for (Runnable turn = pool.poll(); turn != null; turn = pool.poll()) {
            turn.run();
        }
    }

    @Test
    void runsTasksInTheOrderGiven() {
        serial.execute(() -> ran.add("a"));
        serial.execute(() -> ran.add("b"));
        serial.execute(() -> ran.add("c"));

        runAll();

        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void takesOneThreadAtATimeAndGivesItBackAfterEachTask() {
        serial.execute(() -> ran.add("a"));
        serial.execute(() -> ran.add("b"));
        assertThat(pool).hasSize(1);

        pool.remove().run();

        assertThat(ran).containsExactly("a");
        assertThat(pool).hasSize(1);
    }

    @Test
    void aTaskGivenByATaskRunsAfterThoseThatWait() {
        serial.execute(() -> serial.execute(() -> ran.add("c")));
        serial.execute(() -> ran.add("b"));

        runAll();

        assertThat(ran).containsExactly("b", "c");
    }

    @Test
    void goesOnAfterATaskThatThrows() {
        serial.execute(() -> {
            throw new IllegalStateException("this one is broken");
        });
        serial.execute(() -> ran.add("next"));

        runAll();

        assertThat(ran).containsExactly("next");
    }

    @Test
    void aClosedPoolIsNoError() {
        Serial late = new Serial(task -> {
            throw new RejectedExecutionException("closed");
        });

        assertThatCode(() -> late.execute(() -> ran.add("never"))).doesNotThrowAnyException();
        assertThat(ran).isEmpty();
    }

    @Test
    void tasksOfManyThreadsNeverRunAtTheSameTime() throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        Serial shared = new Serial(threads);
        int[] count = new int[1]; // would miss some if two ran at once
        CountDownLatch all = new CountDownLatch(MANY);

        IntStream.range(0, MANY)
                .parallel()
                .forEach(i -> shared.execute(() -> {
                    count[0]++;
                    all.countDown();
                }));
        assertThat(all.await(1, TimeUnit.MINUTES)).isTrue();
        threads.shutdown();

        assertThat(count[0]).isEqualTo(MANY);
    }
}
