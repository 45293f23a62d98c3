package io.flotilla.client;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which results reach the application, in the order they came. What the application does there may
 * block, and then holds up other results but nothing else.
 */
final class Callbacks implements Executor, AutoCloseable {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(this::newThread);
    private volatile @Nullable Thread thread;

    private Thread newThread(Runnable work) {
        Thread created = new Thread(work, "flotilla-callbacks");
        created.setDaemon(true);
        thread = created;
        return created;
    }

    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // closed: nobody is left to be held up
        }
    }

    /** True when the caller is the application reacting to a result. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** Results already here are still delivered. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
