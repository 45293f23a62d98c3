package io.flotilla.broker.copy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Lets so many bytes through per second, whoever brings them, in the order they come. Its state is guarded by its lock. */
public final class Pace {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long bytesPerSecond;
    private final LongSupplier nanoClock;
    private long freeAtNanos;

    public Pace(long bytesPerSecond, LongSupplier nanoClock) {
        this.bytesPerSecond = bytesPerSecond;
        this.nanoClock = nanoClock;
        this.freeAtNanos = nanoClock.getAsLong();
    }

    /** Completes when what came before is through at that rate; on any thread. */
    CompletableFuture<Void> pass(long bytes) {
        long wait = reserve(bytes);
        return wait == 0
                ? CompletableFuture.completedFuture(null)
                : new CompletableFuture<Void>().completeOnTimeout(null, wait, TimeUnit.NANOSECONDS);
    }

    /** Nanoseconds until these bytes may go. */
    public synchronized long reserve(long bytes) {
        long now = nanoClock.getAsLong();
        long wait = Math.max(0, freeAtNanos - now);
        freeAtNanos = now + wait + (long) (bytes / (double) bytesPerSecond * NANOS);
        return wait;
    }
}
