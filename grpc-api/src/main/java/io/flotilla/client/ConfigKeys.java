package io.flotilla.client;

import io.flotilla.text.NearestKey;
import io.flotilla.text.ValueFormat;
import io.flotilla.v1.Acks;
import io.flotilla.v1.Compression;
import io.flotilla.v1.OffsetReset;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A record of settings as keys and strings: each component is a key, in kebab case behind the name of its section. One map
 * may hold the keys of all sections. Immutable.
 */
final class ConfigKeys<C extends Record> {
    private static final List<String> SECTIONS = List.of("client", "producer", "consumer");
    private static final String PAGE = "docs/client-configuration.md";
    private static final Map<Type, ValueFormat> FORMATS = Map.of(
            Endpoint.class,
            ValueFormat.of("host:port", Endpoint::parse),
            Compression.class,
            ValueFormat.oneOf(words(Compression.values(), "COMPRESSION_")),
            Acks.class,
            ValueFormat.oneOf(words(Acks.values(), "ACKS_")),
            OffsetReset.class,
            ValueFormat.oneOf(words(OffsetReset.values(), "OFFSET_RESET_")));

    private final Class<C> type;
    private final C template;
    private final List<Key> keys;

    /**
     * One setting.
     *
     * @param byDefault empty if it must be set
     */
    record Key(String name, RecordComponent component, ValueFormat format, Optional<Object> byDefault) {}

    /**
     * The keys of a section.
     *
     * @param template holds the defaults
     * @param others by component: defaults that the record alone would not allow; empty where there is none
     */
    ConfigKeys(String section, Class<C> type, C template, Map<String, Optional<Object>> others) {
        this.type = type;
        this.template = template;
        this.keys = Arrays.stream(type.getRecordComponents())
                .filter(component -> component.getType() != ClientMeters.class) // not to be written
                .map(component -> new Key(
                        section + "." + ValueFormat.kebab(component.getName()),
                        component,
                        ValueFormat.of(component, FORMATS),
                        others.getOrDefault(component.getName(), Optional.of(read(component, template)))))
                .toList();
    }

    private static <E extends Enum<E>> Map<String, E> words(E[] values, String prefix) {
        Map<String, E> words = new LinkedHashMap<>();
        for (E value : values) {
            if (value.name().startsWith(prefix) && !value.name().endsWith("_UNSPECIFIED")) {
                words.put(value.name().substring(prefix.length()).toLowerCase(Locale.ROOT), value);
            }
        }
        return words;
    }

    /** In the order of the record. */
    List<Key> keys() {
        return keys;
    }

    /**
     * The record that the settings describe. Throws {@link IllegalArgumentException} that names every key that does not
     * exist, has to be set, or has a value that is not understood.
     */
    C from(Map<String, String> settings) {
        List<String> problems = new ArrayList<>();
        settings.keySet().stream().sorted().forEach(name -> checkKnown(name, problems));
        Map<String, Object> values = new HashMap<>();
        for (Key key : keys) {
            String written = settings.get(key.name());
            if (written == null) {
                key.byDefault()
                        .ifPresentOrElse(
                                value -> values.put(key.component().getName(), value),
                                () -> problems.add("%s is not set; it must be".formatted(key.name())));
                continue;
            }
            try {
                values.put(key.component().getName(), key.format().parse(written.strip()));
            } catch (IllegalArgumentException e) {
                problems.add("%s is '%s'; must be %s"
                        .formatted(key.name(), written, key.format().expected()));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", problems));
        }
        return make(values);
    }

    /** Keys of other sections are for others. */
    private void checkKnown(String name, List<String> problems) {
        List<String> known = keys.stream().map(Key::name).toList();
        String section = name.substring(0, Math.max(0, name.indexOf('.')));
        boolean mine = known.get(0).startsWith(section + ".");
        if (!known.contains(name) && (mine || !SECTIONS.contains(section))) {
            problems.add("there is no setting %s; did you mean %s? %s lists them all"
                    .formatted(name, NearestKey.to(name, known), PAGE));
        }
    }

    private static Object read(RecordComponent component, Record from) {
        try {
            return component.getAccessor().invoke(from);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read %s of a record".formatted(component), e);
        }
    }

    private C make(Map<String, Object> values) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            return type.getDeclaredConstructor(Arrays.stream(components)
                            .map(RecordComponent::getType)
                            .toArray(Class<?>[]::new))
                    .newInstance(Arrays.stream(components)
                            .map(component -> values.getOrDefault(component.getName(), read(component, template)))
                            .toArray());
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make a " + type.getName(), e);
        }
    }
}
