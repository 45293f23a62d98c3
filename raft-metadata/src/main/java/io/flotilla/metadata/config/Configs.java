package io.flotilla.metadata.config;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is set explicitly, by key; nothing else. Immutable.
 *
 * @param entries in the order of their keys
 */
public record Configs(Map<String, String> entries) {
    public static final Configs NONE = new Configs(Map.of());

    public Configs {
        entries = Collections.unmodifiableMap(new TreeMap<>(entries));
    }

    public Optional<String> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** What is wrong with the first bad entry, by the rules of {@code featureLevel}; empty if all are allowed. */
    public Optional<String> problem(int featureLevel) {
        return entries.entrySet().stream()
                .flatMap(e -> TopicConfigKey.problem(e.getKey(), e.getValue(), featureLevel).stream())
                .findFirst();
    }
}
