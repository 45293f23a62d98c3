package io.flotilla.raft;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Time in nanoseconds that stands still until it is moved. */
final class ManualClock implements LongSupplier {
    private long nanos = 1L << 40;

    @Override
    public long getAsLong() {
        return nanos;
    }

    void pass(Duration time) {
        nanos += time.toNanos();
    }
}
