package io.flotilla.broker.config;

import io.flotilla.metadata.config.TopicConfigKey;
import io.flotilla.text.ComponentDocs;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Writes down all settings there are: as a page for people and as a file to start from. */
final class ConfigurationPage {
    private static final String INTRODUCTION = """
            # Configuration

            *Generated from the sources; do not edit. `mvn -pl broker-server -am test -Dtest=ConfigurationPageTest
            -Dsurefire.failIfNoSpecifiedTests=false -Dupdate.docs=true` writes it anew.*

            A broker needs no configuration to start. Each setting can be given in three places; where it is given twice,
            the first of this list counts:

            1. on the command line: `listener.port=7500`;
            2. as an environment variable: `FLOTILLA_LISTENER_PORT=7500`, the key in capitals with `_` for `.` and `-`;
            3. in a properties file: `listener.port=7500`; `deploy/config/flotilla.properties` has every key with its
               default.

            Keys that do not exist, and values that are not allowed, refuse the start. Bytes are plain numbers or end in
            `KiB`, `MiB`, `GiB` or `TiB`; durations end in `ms`, `s`, `m`, `h` or `d`.
            """;

    private static final String TOPICS = """

            ## Settings of topics

            Set when a topic is created (`topic create --config key=value`) or later (`topic alter --set key=value`, `--unset key`); what is not set is the default. Values are plain numbers: bytes, or milliseconds where the key ends in `ms`; the command also takes `64MiB` and `1h`. Every broker goes by a change as soon as it hears of it.
            """;

    private static final String FILE_HEAD = """
            # Every setting of a Flotilla broker with its default, as in docs/configuration.md. Generated: copy it, and
            # remove the # before what you change.
            """;

    private static final int WIDTH = 100;

    private final ComponentDocs docs = new ComponentDocs();

    String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (Feature feature : Feature.ALL) {
            page.append("\n## `%s`\n\n%s\n\n".formatted(feature.name(), sentence(docs.of(feature.component()))));
            page.append("| key | type | default | allowed | what it does |\n|---|---|---|---|---|\n");
            feature.keys()
                    .forEach(key -> page.append(row(
                            writtenName(key),
                            key.format().type(),
                            code(defaultText(key)),
                            allowed(key).orElse(""),
                            documentation(feature, key))));
        }
        page.append(TOPICS).append("\n| key | type | default | allowed | what it does |\n|---|---|---|---|---|\n");
        Arrays.stream(TopicConfigKey.values())
                .forEach(key -> page.append(row(
                        key.key(),
                        switch (key.type()) {
                            case BYTES -> "bytes";
                            case DURATION_MS -> "milliseconds";
                            case RATIO -> "number";
                            case WORD -> "word";
                        },
                        code(key.defaultValue()),
                        key.allowed(),
                        key.documentation())));
        return page.toString();
    }

    String properties() {
        StringBuilder file = new StringBuilder(FILE_HEAD);
        for (Feature feature : Feature.ALL) {
            file.append("\n## %s: %s\n".formatted(feature.name(), docs.of(feature.component())));
            for (SettingKey key : feature.keys()) {
                String range = allowed(key).map(a -> " Allowed: " + a + ".").orElse("");
                file.append('\n').append(wrapped(documentation(feature, key).replace("`", "") + range));
                file.append("#%s=%s\n".formatted(writtenName(key), defaultText(key)));
            }
        }
        return file.toString();
    }

    private static String row(String key, String type, String defaultValue, String allowed, String documentation) {
        return "| `%s` | %s | %s | %s | %s |\n".formatted(key, type, defaultValue, allowed, documentation);
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String writtenName(SettingKey key) {
        return key.isFreeForm() ? key.name() + ".NAME" : key.name();
    }

    private static String defaultText(SettingKey key) {
        return key.isFreeForm() ? "" : key.format().write(key.defaultValue());
    }

    /** The {@code @param} line, with the keys in place of the names of components. */
    private String documentation(Feature feature, SettingKey key) {
        String text = docs.of(key.component());
        for (SettingKey other : feature.keys()) {
            text = text.replace("`" + other.component().getName() + "`", "`" + other.name() + "`");
        }
        return sentence(text);
    }

    private static String sentence(String text) {
        String capital = text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
        return capital.endsWith(".") ? capital : capital + ".";
    }

    /** The rule for a single number, in the words of the refusal of one that is far too small. */
    private static Optional<String> allowed(SettingKey key) {
        String tooSmall = switch (key.format().type()) {
            case "number", "bytes" -> "-1000";
            case "duration" -> "-1000s";
            default -> "";
        };
        if (tooSmall.isEmpty()) {
            return Optional.empty();
        }
        try {
            ConfigLoader.load(List.of(SettingSource.commandLine(Map.of(key.name(), tooSmall))));
            throw new AssertionError(key.name() + " may be as small as " + tooSmall);
        } catch (ConfigException e) {
            String message = String.valueOf(e.getMessage());
            return Optional.of(message.substring(message.indexOf("must be ") + "must be ".length()));
        }
    }

    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        StringBuilder line = new StringBuilder("#");
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                lines.append(line).append('\n');
                line = new StringBuilder("#");
            }
            line.append(' ').append(word);
        }
        return lines.append(line).append('\n').toString();
    }
}
