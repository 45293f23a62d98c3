package io.flotilla.cli.admin;

import io.flotilla.cli.text.Durations;
import io.flotilla.cli.text.Sizes;
import io.flotilla.metadata.config.TopicConfigKey;
import java.util.LinkedHashMap;
import java.util.Map;

/** Settings of topics as people write them, {@code segment.bytes=64MiB}, as brokers take them: plain numbers. */
final class ConfigValues {
    private ConfigValues() {}

    /** What cannot be read stays as it is: the broker says what is allowed. */
    static Map<String, String> plain(Map<String, String> written) {
        Map<String, String> plain = new LinkedHashMap<>();
        written.forEach((key, value) -> plain.put(
                key,
                TopicConfigKey.find(key)
                        .map(known -> plain(known.type(), value))
                        .orElse(value)));
        return plain;
    }

    private static String plain(TopicConfigKey.Type type, String value) {
        try {
            return switch (type) {
                case BYTES -> Long.toString(Sizes.parse(value));
                case DURATION_MS ->
                    Durations.isDuration(value)
                            ? Long.toString(Durations.parse(value).toMillis())
                            : value;
                case WORD, RATIO -> value;
            };
        } catch (IllegalArgumentException e) {
            return value;
        }
    }
}
