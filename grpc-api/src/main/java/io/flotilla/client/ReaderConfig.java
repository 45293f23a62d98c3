package io.flotilla.client;

import io.flotilla.v1.OffsetReset;

/**
 * How a reader trades throughput and memory.
 *
 * @param creditBytes most bytes that each broker may send ahead of the application; the reader's memory is this times
 *     the number of brokers it reads from
 * @param maxMessageBytes most bytes of one message
 * @param reset what to do when a start position is outside the log
 */
public record ReaderConfig(long creditBytes, int maxMessageBytes, OffsetReset reset) {
    public static final ReaderConfig DEFAULT =
            new ReaderConfig(16L << 20, 1 << 20, OffsetReset.OFFSET_RESET_UNSPECIFIED);

    public ReaderConfig {
        if (creditBytes <= 0 || maxMessageBytes <= 0) {
            throw new IllegalArgumentException("creditBytes is %d and maxMessageBytes is %d; both must be more than 0"
                    .formatted(creditBytes, maxMessageBytes));
        }
    }

    public ReaderConfig withCreditBytes(long bytes) {
        return new ReaderConfig(bytes, maxMessageBytes, reset);
    }

    public ReaderConfig withReset(OffsetReset newReset) {
        return new ReaderConfig(creditBytes, maxMessageBytes, newReset);
    }
}
