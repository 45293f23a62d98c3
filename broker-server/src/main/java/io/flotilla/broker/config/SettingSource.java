package io.flotilla.broker.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Values from one place, as they were written there. Immutable. */
public final class SettingSource {
    /**
     * Variables with our prefix that are not meant for us: a key has at least two words, so one word alone belongs to the
     * command line tool, as does {@code FLOTILLA_JAVA_OPTS}; the others are what Kubernetes sets in each container for a service whose name begins with ours.
     */
    private static final Pattern FOREIGN_VARIABLE = Pattern.compile(
            "FLOTILLA_([A-Z0-9]*|JAVA_OPTS|(.*_)?SERVICE_(HOST|PORT)(_.*)?|(.*_)?PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    /** The value Kubernetes gives to {@code NAME_PORT}. */
    private static final Pattern SERVICE_LINK = Pattern.compile("(tcp|udp|sctp)://.*");

    private final List<Given> values;

    private SettingSource(List<Given> values) {
        this.values = List.copyOf(values);
    }

    /** A properties file in UTF-8, such as {@code listener.port=7400}. */
    public static SettingSource file(Path path) throws ConfigException {
        Origin origin = Origin.file(path);
        UniqueProperties properties = new UniqueProperties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new ConfigException("%s: there is no such file".formatted(origin), e);
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new ConfigException("%s: is not a properties file in UTF-8".formatted(origin), e);
        } catch (IOException e) {
            throw new ConfigException("%s: cannot be read: %s".formatted(origin, e.getMessage()), e);
        }
        if (!properties.repeated.isEmpty()) {
            throw new ConfigException(properties.repeated.stream()
                    .map(key -> "%s: %s is set twice; keep one".formatted(origin, key))
                    .toList());
        }
        Map<String, String> values = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
        return new SettingSource(given(values, origin));
    }

    /** Environment variables, such as {@code FLOTILLA_LISTENER_PORT=7400}; those of others are left alone. */
    public static SettingSource environment(Map<String, String> variables) {
        Map<String, String> ours = new TreeMap<>(variables);
        ours.entrySet()
                .removeIf(e -> !e.getKey().startsWith(SettingKey.ENVIRONMENT_PREFIX)
                        || FOREIGN_VARIABLE.matcher(e.getKey()).matches()
                        || SERVICE_LINK.matcher(e.getValue()).matches());
        return new SettingSource(given(ours, Origin.ENVIRONMENT));
    }

    /** What flags say, by key: {@code listener.port} to {@code 7400}. */
    public static SettingSource commandLine(Map<String, String> values) {
        return new SettingSource(given(new TreeMap<>(values), Origin.COMMAND_LINE));
    }

    private static List<Given> given(Map<String, String> values, Origin origin) {
        return values.entrySet().stream()
                .map(e -> new Given(e.getKey(), e.getValue().strip(), origin))
                .toList();
    }

    List<Given> values() {
        return values;
    }

    /** Notes the keys that are put more than once, of which the JDK's own keeps the last and says nothing. */
    private static final class UniqueProperties extends Properties {
        private static final long serialVersionUID = 1;

        private final transient List<Object> repeated = new ArrayList<>();

        @Override
        public synchronized Object put(Object key, Object value) {
            Object before = super.put(key, value);
            if (before != null) {
                repeated.add(key);
            }
            return before;
        }
    }
}
