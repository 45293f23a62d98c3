package io.flotilla.broker.config;

import java.util.List;

/**
 * The settings a broker runs with, and how they came about.
 *
 * @param settings every setting, in the order of the records; of free-form ones, those that are set
 */
public record LoadedConfig(BrokerConfig config, List<Setting> settings) {
    public LoadedConfig {
        settings = List.copyOf(settings);
    }
}
