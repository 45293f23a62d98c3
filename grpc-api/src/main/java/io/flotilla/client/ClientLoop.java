package io.flotilla.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns what belongs to connections. Runs tasks in the order given; they never block. After
 * {@link #close()} tasks are dropped without a sound, because late answers of closed connections mean nothing.
 */
final class ClientLoop implements Executor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ClientLoop.class);

    private static final int CLOSE_TIMEOUT_S = 5;

    private final ScheduledThreadPoolExecutor executor;
    private final LongSupplier nanoClock;
    private volatile @Nullable Thread thread;

    ClientLoop(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.executor = new ScheduledThreadPoolExecutor(1, this::newThread, new ThreadPoolExecutor.DiscardPolicy());
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    private Thread newThread(Runnable work) {
        Thread created = new Thread(work, "flotilla-client");
        created.setDaemon(true);
        thread = created;
        return created;
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(guarded(task));
    }

    /** Runs {@code task} once {@code delay} has passed, unless the timer is cancelled first. */
    Timer schedule(Duration delay, Runnable task) {
        return new Timer(executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** A task that runs later. */
    static final class Timer {
        /** A timer that never fires. */
        static final Timer NONE = new Timer(CompletableFuture.completedFuture(null));

        private final Future<?> future;

        private Timer(Future<?> future) {
            this.future = future;
        }

        /** True until the task has run or was cancelled; also while it runs. */
        boolean isPending() {
            return !future.isDone();
        }

        void cancel() {
            future.cancel(false);
        }
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** Throws unless the caller runs on this loop. */
    void checkInLoop() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("called from %s, not from the client's loop"
                    .formatted(Thread.currentThread().getName()));
        }
    }

    boolean isClosed() {
        return executor.isShutdown();
    }

    /** Runs the tasks that are due, drops those that are scheduled for later, and waits for the end. */
    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
                log.warn("the client's loop did not end within {} s", CLOSE_TIMEOUT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) { // the executor would swallow either
                log.error("a task of the client's loop failed; the client goes on without it", e);
            }
        };
    }
}
