package io.flotilla.broker.config;

import java.time.Duration;

/**
 * How a broker leaves.
 *
 * @param timeout how long a broker that was told to stop may take to hand its leaderships over and to answer what it has
 *     accepted
 */
public record DrainConfig(Duration timeout) {
    public static final DrainConfig DEFAULT = new DrainConfig(Duration.ofSeconds(10));

    public DrainConfig {
        Rule.range("timeout", timeout, Duration.ZERO, Duration.ofHours(1));
    }
}
