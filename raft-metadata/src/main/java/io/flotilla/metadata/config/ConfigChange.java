package io.flotilla.metadata.config;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A change to {@link Configs}: some keys get a value, some go back to what they inherit, the others stay.
 *
 * @param unset need not be set before; in order of the keys
 */
public record ConfigChange(Configs set, Set<String> unset) {
    public ConfigChange {
        unset = Collections.unmodifiableSet(new TreeSet<>(unset));
    }

    public static ConfigChange set(Map<String, String> entries) {
        return new ConfigChange(new Configs(entries), Set.of());
    }

    public static ConfigChange unset(String... keys) {
        return new ConfigChange(Configs.NONE, Set.of(keys));
    }

    /** What is wrong with this change, by the rules of {@code featureLevel}, if anything. */
    public Optional<String> problem(int featureLevel) {
        return set.problem(featureLevel)
                .or(() -> unset.stream()
                        .flatMap(key -> TopicConfigKey.problem(key, featureLevel).stream())
                        .findFirst())
                .or(() -> unset.stream()
                        .filter(set.entries()::containsKey)
                        .findFirst()
                        .map(key -> "topic setting %s is both set and unset; do one of them".formatted(key)));
    }

    public Configs applyTo(Configs old) {
        Map<String, String> entries = new TreeMap<>(old.entries());
        entries.keySet().removeAll(unset);
        entries.putAll(set.entries());
        return new Configs(entries);
    }
}
