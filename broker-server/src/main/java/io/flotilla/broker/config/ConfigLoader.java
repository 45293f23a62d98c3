package io.flotilla.broker.config;

import io.flotilla.metadata.config.TopicConfigKey;
import io.flotilla.text.NearestKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes a {@link BrokerConfig} of what was written in several places. Where the same setting stands in two, the later
 * place counts; where it stands in none, its default. Whatever is unknown or against a rule refuses the whole, and all
 * that is wrong is told at once.
 *
 * <p>One object reads once, on one thread.
 */
public final class ConfigLoader {
    private final Map<SettingKey, List<Given>> given = new LinkedHashMap<>();
    private final List<Setting> settings = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private ConfigLoader() {}

    /**
     * The settings in effect.
     *
     * @param sources the weakest first: usually a file, the environment, the command line
     */
    public static LoadedConfig load(List<SettingSource> sources) throws ConfigException {
        return new ConfigLoader().read(sources);
    }

    private LoadedConfig read(List<SettingSource> sources) throws ConfigException {
        sources.stream().flatMap(source -> source.values().stream()).forEach(this::sort);
        List<Object> features = new ArrayList<>();
        for (Feature feature : Feature.ALL) {
            make(feature).ifPresent(features::add);
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new LoadedConfig((BrokerConfig) Records.make(BrokerConfig.class, features), settings);
    }

    private void sort(Given value) {
        Feature.allKeys()
                .filter(key -> key.isMeantBy(value))
                .findFirst()
                .ifPresentOrElse(
                        key -> given.computeIfAbsent(key, k -> new ArrayList<>())
                                .add(value),
                        () -> problems.add(unknown(value)));
    }

    private static String unknown(Given value) {
        String problem = "%s: there is no setting %s; ".formatted(value.origin(), value.name());
        if (TopicConfigKey.find(value.name()).isPresent()) {
            return problem + "it is a setting of topics, to be set for a topic or for all topics of the cluster";
        }
        Optional<SettingKey> freeForm = Feature.allKeys()
                .filter(SettingKey::isFreeForm)
                .filter(key -> value.name().startsWith(key.spelledAt(value.origin())))
                .findFirst();
        return problem
                + freeForm.map(key -> "write %s.NAME, in the file or as a flag".formatted(key.name()))
                        .orElseGet(() -> "did you mean %s?".formatted(nearest(value)));
    }

    private static String nearest(Given value) {
        return NearestKey.to(
                value.name(),
                Feature.allKeys()
                        .filter(key -> !key.isFreeForm())
                        .map(key -> key.spelledAt(value.origin()))
                        .toList());
    }

    /** The feature's record, or nothing if there is a problem with one of its settings. */
    private Optional<Object> make(Feature feature) {
        int before = problems.size();
        List<Object> values = feature.keys().stream()
                .map(key -> key.isFreeForm() ? entries(key) : value(key))
                .toList();
        if (problems.size() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(feature.make(values));
        } catch (InvalidSettingException e) {
            SettingKey key = feature.key(e.component());
            problems.add(problem(last(key), e.rule(name -> feature.key(name).name())));
            return Optional.empty();
        }
    }

    private Object value(SettingKey key) {
        Given last = last(key);
        try {
            Object value = key.format().parse(last.value());
            settings.add(new Setting(key.name(), key.format().write(value), last.origin()));
            return value;
        } catch (IllegalArgumentException e) {
            problems.add(problem(last, "must be " + key.format().expected()));
            return key.defaultValue();
        }
    }

    private Given last(SettingKey key) {
        List<Given> values = given.getOrDefault(key, List.of());
        return values.isEmpty()
                ? new Given(key.name(), key.format().write(key.defaultValue()), Origin.DEFAULT)
                : values.get(values.size() - 1);
    }

    private Map<String, String> entries(SettingKey key) {
        Map<String, Given> byName = new TreeMap<>();
        given.getOrDefault(key, List.of()).forEach(value -> byName.put(value.name(), value));
        Map<String, String> entries = new TreeMap<>();
        byName.forEach((name, value) -> {
            settings.add(new Setting(name, value.value(), value.origin()));
            entries.put(name.substring(key.name().length() + 1), value.value());
        });
        return entries;
    }

    private static String problem(Given value, String rule) {
        return "%s: %s is '%s'; %s".formatted(value.origin(), value.name(), value.value(), rule);
    }
}
