package io.flotilla.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Waits between attempts: 50 ms, doubled up to 1 s, each made 0 to 50 % longer. Owned by one thread. */
final class Backoff {
    private static final long FIRST_MS = 50;
    private static final long LAST_MS = 1000;

    private final RandomGenerator random;
    private long nextMs = FIRST_MS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The wait before the next attempt, but not less than a peer asked for. */
    Duration next(int retryAfterMs) {
        long ms = nextMs;
        nextMs = Math.min(LAST_MS, nextMs * 2);
        return Duration.ofMillis(Math.max(retryAfterMs, ms + random.nextLong(ms / 2 + 1)));
    }

    /** After a success: begin with the first wait again. */
    void reset() {
        nextMs = FIRST_MS;
    }
}
