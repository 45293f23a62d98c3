package io.flotilla.broker.control;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Runs a task on a loop soon after it is pulled, once for any number of pulls in between. Safe for any thread. */
public final class Trigger {
    private final Loop loop;
    private final Duration delay;
    private final Runnable task;
    private final AtomicBoolean pulled = new AtomicBoolean();

    public Trigger(Loop loop, Duration delay, Runnable task) {
        this.loop = loop;
        this.delay = delay;
        this.task = task;
    }

    public void pull() {
        if (pulled.compareAndSet(false, true)) {
            loop.after(delay, () -> {
                pulled.set(false);
                task.run();
            });
        }
    }
}
