package io.flotilla.broker.config;

import java.time.Duration;

/**
 * How this broker compacts the logs of topics whose {@code cleanup.policy} says so.
 *
 * @param checkInterval how often it looks for a log with enough to compact
 * @param maxBytesPerSecond reads and writes for it, all logs together, are no faster, so that the disk is left to those who
 *     produce and read
 * @param mapBytes memory for the keys of one log, held while one is compacted: 24 bytes for each, and a third more. A log
 *     with more new keys is compacted in several turns
 */
public record CompactionSettings(Duration checkInterval, long maxBytesPerSecond, int mapBytes) {
    public static final CompactionSettings DEFAULT =
            new CompactionSettings(Duration.ofSeconds(15), 100 << 20, 32 << 20);

    public CompactionSettings {
        Rule.range("checkInterval", checkInterval, Duration.ofMillis(100), Duration.ofDays(1));
        Rule.bytes("maxBytesPerSecond", maxBytesPerSecond, 64 << 10, 1L << 40);
        Rule.bytes("mapBytes", mapBytes, 1 << 10, 1 << 30);
    }
}
