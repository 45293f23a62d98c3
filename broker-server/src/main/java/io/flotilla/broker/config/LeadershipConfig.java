package io.flotilla.broker.config;

import java.time.Duration;

/**
 * Who leads which partition.
 *
 * @param balanceInterval how often a broker looks for partitions it leads in place of their preferred replica, and hands
 *     them back
 */
public record LeadershipConfig(Duration balanceInterval) {
    public static final LeadershipConfig DEFAULT = new LeadershipConfig(Duration.ofSeconds(10));

    public LeadershipConfig {
        Rule.range("balanceInterval", balanceInterval, Duration.ofMillis(100), Duration.ofDays(1));
    }
}
