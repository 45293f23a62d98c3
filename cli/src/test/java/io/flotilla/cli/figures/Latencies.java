package io.flotilla.cli.figures;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts latencies in steps of an eighth of their power of two. Safe for use by many threads. */
final class Latencies {
    private static final int STEPS = 8;
    private static final int POWERS = 48;

    private final AtomicLongArray counts = new AtomicLongArray(POWERS * STEPS);

    void add(long nanos) {
        counts.incrementAndGet(step(nanos));
    }

    private static int step(long nanos) {
        int power = 63 - Long.numberOfLeadingZeros(Math.max(nanos, STEPS));
        int eighth = (int) (nanos >>> (power - 3)) & (STEPS - 1);
        return Math.min(power * STEPS + eighth, POWERS * STEPS - 1);
    }

    /** Upper end of the step in which the percentile lies. */
    String percentile(int percent) {
        long all = 0;
        for (int i = 0; i < counts.length(); i++) {
            all += counts.get(i);
        }
        long below = 0;
        for (int i = 0; i < counts.length(); i++) {
            below += counts.get(i);
            if (below * 100 >= all * percent) {
                double nanos = Math.scalb(1 + (i % STEPS + 1) / (double) STEPS, i / STEPS);
                return "%.1f ms".formatted(nanos / 1e6);
            }
        }
        return "none";
    }
}
