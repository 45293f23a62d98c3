package io.flotilla.broker.config;

/**
 * When the disk counts as full.
 *
 * @param minFreeBytes with less free space than this on the disk of the data directory, writes are refused, so that what
 *     is already there stays safe
 */
public record StorageConfig(long minFreeBytes) {
    public static final StorageConfig DEFAULT = new StorageConfig(64 << 20);

    public StorageConfig {
        Rule.bytes("minFreeBytes", minFreeBytes, 1 << 20, 1L << 40);
    }
}
