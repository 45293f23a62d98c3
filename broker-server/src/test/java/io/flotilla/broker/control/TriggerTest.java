package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TriggerTest {
    private final Loop loop = new Loop("trigger-test");
    private final Semaphore runs = new Semaphore(0);
    private final Trigger trigger = new Trigger(loop, Duration.ZERO, runs::release);

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void runsOnceForAllPullsBeforeTheRun() throws InterruptedException {
        CompletableFuture<Void> held = new CompletableFuture<>();
        loop.execute(held::join);

        trigger.pull();
        trigger.pull();
        trigger.pull();
        held.complete(null);
        assertThat(runs.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
        settle();

        assertThat(runs.availablePermits()).isZero();
    }

    @Test
    void runsAgainForAPullAfterTheRun() throws InterruptedException {
        trigger.pull();
        assertThat(runs.tryAcquire(1, TimeUnit.MINUTES)).isTrue();

        trigger.pull();

        assertThat(runs.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void aPullDuringTheRunIsNotLost() throws InterruptedException {
        Semaphore pulls = new Semaphore(1);
        Trigger[] own = new Trigger[1];
        own[0] = new Trigger(loop, Duration.ZERO, () -> {
            if (pulls.tryAcquire()) {
                own[0].pull();
            }
            runs.release();
        });

        own[0].pull();

        assertThat(runs.tryAcquire(2, 1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void aRunThatThrowsDoesNotDisarmIt() throws InterruptedException {
        Trigger broken = new Trigger(loop, Duration.ZERO, () -> {
            runs.release();
            throw new IllegalStateException("this one is broken");
        });
        broken.pull();
        assertThat(runs.tryAcquire(1, TimeUnit.MINUTES)).isTrue();

        broken.pull();

        assertThat(runs.tryAcquire(1, TimeUnit.MINUTES)).isTrue();
    }

    /** Until all that is due on the loop has run. */
    private void settle() {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        loop.after(Duration.ZERO, () -> loop.after(Duration.ZERO, () -> reached.complete(null)));
        reached.join();
    }
}
