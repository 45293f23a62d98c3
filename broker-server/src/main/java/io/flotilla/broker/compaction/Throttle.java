package io.flotilla.broker.compaction;

import io.flotilla.broker.copy.Pace;
import io.flotilla.log.CompactionPace;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Keeps a compaction to so many bytes per second by letting its thread wait. Used by that thread. */
final class Throttle implements CompactionPace {
    private static final int STEP_BYTES = 256 << 10;
    private static final long LONGEST_WAIT_NANOS = 100_000_000;

    private final Pace pace;
    private final BooleanSupplier goesOn;
    private int unpaid;

    Throttle(Pace pace, BooleanSupplier goesOn) {
        this.pace = pace;
        this.goesOn = goesOn;
    }

    @Override
    public void passed(int bytes) {
        unpaid += bytes;
        if (unpaid >= STEP_BYTES) {
            long wait = pace.reserve(unpaid);
            unpaid = 0;
            LockSupport.parkNanos(Math.min(wait, LONGEST_WAIT_NANOS));
        }
    }

    @Override
    public boolean goesOn() {
        return goesOn.getAsBoolean();
    }
}
