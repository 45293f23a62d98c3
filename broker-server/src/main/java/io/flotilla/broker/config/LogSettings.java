package io.flotilla.broker.config;

import java.time.Duration;

/**
 * How a broker keeps all its logs; what differs by topic is a topic setting.
 *
 * @param markInterval how often, at most, a log that is written notes on disk how far it is forced: how much a start
 *     after a power loss has to walk through
 * @param retentionCheckInterval how often the leader of a partition looks for segments that its topic's {@code retention.ms} and
 *     {@code retention.bytes} no longer keep
 */
public record LogSettings(Duration markInterval, Duration retentionCheckInterval) {
    public static final LogSettings DEFAULT = new LogSettings(Duration.ofSeconds(1), Duration.ofMinutes(5));

    public LogSettings {
        Rule.range("markInterval", markInterval, Duration.ZERO, Duration.ofHours(1));
        Rule.range("retentionCheckInterval", retentionCheckInterval, Duration.ofMillis(100), Duration.ofDays(1));
    }
}
