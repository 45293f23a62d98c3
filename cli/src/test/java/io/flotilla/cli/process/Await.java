package io.flotilla.cli.process;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for conditions of other processes. */
public final class Await {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = 20_000_000;

    private Await() {}

    public static void until(Supplier<String> what, BooleanSupplier condition) {
        within(DEADLINE, what, condition);
    }

    /** The same, with another patience. */
    public static void within(Duration patience, Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within %s: %s".formatted(patience, what.get()));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
