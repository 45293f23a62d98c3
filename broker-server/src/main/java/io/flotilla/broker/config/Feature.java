package io.flotilla.broker.config;

import io.flotilla.text.ValueFormat;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * One part of {@link BrokerConfig}: a record, and its components as settings.
 *
 * @param component of {@link BrokerConfig}
 * @param keys in the order of the record
 */
record Feature(RecordComponent component, List<SettingKey> keys) {
    /** In the order of {@link BrokerConfig}. */
    static final List<Feature> ALL = Arrays.stream(BrokerConfig.class.getRecordComponents())
            .map(Feature::of)
            .toList();

    static Stream<SettingKey> allKeys() {
        return ALL.stream().flatMap(feature -> feature.keys().stream());
    }

    private static Feature of(RecordComponent component) {
        Object defaults = Records.read(component, BrokerConfig.DEFAULT);
        String name = ValueFormat.kebab(component.getName());
        return new Feature(
                component,
                Arrays.stream(component.getType().getRecordComponents())
                        .map(c -> SettingKey.of(name, c, Records.read(c, defaults)))
                        .toList());
    }

    String name() {
        return ValueFormat.kebab(component.getName());
    }

    /** The setting that {@code componentName} of the record is. */
    SettingKey key(String componentName) {
        return keys.stream()
                .filter(key -> key.component().getName().equals(componentName))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "%s has no component %s".formatted(component.getType().getName(), componentName)));
    }

    /** The feature's record with these values, which are in the order of {@link #keys()}. */
    Object make(List<Object> values) {
        return Records.make(component.getType(), values);
    }
}
