package io.flotilla.client;

import java.time.Duration;

/**
 * What becomes of a record that its handler fails on: it is tried again, after waits that double, while the records behind
 * it wait; then it goes to the dead-letter topic, or the subscription ends with the failure.
 *
 * @param retries how often it is tried again; 0 or more
 * @param firstWait before the first retry
 * @param lastWait the longest wait
 * @param deadLetterTopic where it goes then, with headers that say where it came from and why; empty for none: the
 *     subscription ends, and the group's position stays before the record
 */
public record RetryPolicy(int retries, Duration firstWait, Duration lastWait, String deadLetterTopic) {
    /** Three retries within a second; then the subscription ends. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(3, Duration.ofMillis(100), Duration.ofSeconds(10), "");

    /** The first failure ends the subscription. */
    public static final RetryPolicy NONE = new RetryPolicy(0, Duration.ZERO, Duration.ZERO, "");

    public RetryPolicy {
        if (retries < 0 || firstWait.isNegative() || lastWait.compareTo(firstWait) < 0) {
            throw new IllegalArgumentException(
                    "retries is %d, waits are %s to %s; use 0 or more, and a last wait not below the first"
                            .formatted(retries, firstWait, lastWait));
        }
    }

    public RetryPolicy withRetries(int count) {
        return new RetryPolicy(count, firstWait, lastWait, deadLetterTopic);
    }

    public RetryPolicy withWaits(Duration first, Duration last) {
        return new RetryPolicy(retries, first, last, deadLetterTopic);
    }

    public RetryPolicy withDeadLetterTopic(String topic) {
        return new RetryPolicy(retries, firstWait, lastWait, topic);
    }

    /** The wait before retry number {@code retry}, from 1. */
    Duration waitBefore(int retry) {
        long doubled = firstWait.toMillis() << Math.min(retry - 1, 30);
        return Duration.ofMillis(Math.min(doubled, lastWait.toMillis()));
    }
}
