package io.flotilla.cli.server;

import io.flotilla.broker.Broker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The life of a process that runs brokers. It ends in one of two ways: a signal drains the brokers and the process exits
 * with 0, or a broker cannot go on and the process exits with 1.
 *
 * <pre>
 *   running --- SIGTERM, SIGINT --> draining --> exit 0 (1 if it takes too long)
 *      \------- fatal reason -----> closing  --> exit 1
 * </pre>
 */
final class Service {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final CompletableFuture<String> fatal = new CompletableFuture<>();
    private final AtomicBoolean ending = new AtomicBoolean();

    /** To be told why a broker cannot go on; the first reason counts. */
    Broker.Fatal onFatal() {
        return fatal::complete;
    }

    /**
     * From now on, signals end the process in good order.
     *
     * @param drain what has to be done; runs at most once
     * @param timeout how long it may take
     */
    void drainOnSignal(Runnable drain, Duration timeout) {
        Thread hook = new Thread(
                () -> {
                    if (ending.compareAndSet(false, true)) {
                        // a JVM that ends by a signal would exit with 143, which tells of an abort
                        Runtime.getRuntime().halt(inTime(drain, timeout.plus(GRACE)) ? 0 : 1);
                    }
                },
                "drain");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static boolean inTime(Runnable drain, Duration timeout) {
        Thread worker = new Thread(drain, "drain-worker");
        worker.setDaemon(true);
        worker.start();
        try {
            worker.join(timeout.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return !worker.isAlive();
    }

    /** Waits for a reason to give up; does not return after a signal. */
    String awaitFatal() {
        String reason = fatal.join();
        if (!ending.compareAndSet(false, true)) {
            new CompletableFuture<Void>().join(); // the drain ends the process
        }
        return reason;
    }
}
