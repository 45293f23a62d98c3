package io.flotilla.broker.config;

import java.time.Duration;

/**
 * How a broker keeps all its logs; what differs by topic is a topic setting.
 *
 * @param markInterval how often, at most, a log that is written notes on disk how far it is forced: how much a start
 *     after a power loss has to walk through
 */
public record LogSettings(Duration markInterval) {
    public static final LogSettings DEFAULT = new LogSettings(Duration.ofSeconds(1));

    public LogSettings {
        Rule.range("markInterval", markInterval, Duration.ZERO, Duration.ofHours(1));
    }
}
