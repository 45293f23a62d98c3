package io.flotilla.broker.control;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One thread that runs short tasks one after another, now, later or again and again. A task that throws ends nothing. */
public final class Loop implements Executor, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private final ScheduledExecutorService thread;

    public Loop(String name) {
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread created = new Thread(task, name);
            created.setDaemon(true);
            return created;
        });
    }

    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(guarded(task));
        } catch (RejectedExecutionException e) {
            log.debug("loop is closed, a task is dropped");
        }
    }

    public void after(Duration delay, Runnable task) {
        try {
            var unused = thread.schedule(guarded(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("loop is closed, a task is dropped");
        }
    }

    public void every(Duration interval, Runnable task) {
        var unused = thread.scheduleWithFixedDelay(
                guarded(task), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("task failed; the loop goes on", e);
            }
        };
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
