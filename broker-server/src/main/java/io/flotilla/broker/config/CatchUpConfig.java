package io.flotilla.broker.config;

/**
 * How replicas that are far behind copy what they lack.
 *
 * @param maxBytesPerSecond all replicas of this broker together copy no faster, so that disk and network are left to those
 *     who produce and read
 */
public record CatchUpConfig(long maxBytesPerSecond) {
    public static final CatchUpConfig DEFAULT = new CatchUpConfig(100 << 20);

    public CatchUpConfig {
        Rule.bytes("maxBytesPerSecond", maxBytesPerSecond, 64 << 10, 1L << 40);
    }
}
