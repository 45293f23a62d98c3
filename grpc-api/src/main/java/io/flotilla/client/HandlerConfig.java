package io.flotilla.client;

/**
 * How records reach a handler.
 *
 * @param threads how many records are processed at a time; 1 or more
 * @param ordering which records wait for each other
 * @param retry what becomes of records the handler fails on
 */
public record HandlerConfig(int threads, Ordering ordering, RetryPolicy retry) {
    /** One thread, in order. */
    public static final HandlerConfig DEFAULT = new HandlerConfig(1, Ordering.BY_PARTITION, RetryPolicy.DEFAULT);

    /** Which records are processed one after another, in the order of their offsets. */
    public enum Ordering {
        /** Those of one partition. */
        BY_PARTITION,
        /** Those of one partition with one key; those without a key are as if they had one key. */
        BY_KEY,
        /** None. */
        NONE
    }

    public HandlerConfig {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is %d; must be 1 or more".formatted(threads));
        }
    }

    public HandlerConfig withThreads(int count) {
        return new HandlerConfig(count, ordering, retry);
    }

    public HandlerConfig withOrdering(Ordering newOrdering) {
        return new HandlerConfig(threads, newOrdering, retry);
    }

    public HandlerConfig withRetry(RetryPolicy policy) {
        return new HandlerConfig(threads, ordering, policy);
    }
}
