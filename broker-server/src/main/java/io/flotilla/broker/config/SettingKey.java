package io.flotilla.broker.config;

import io.flotilla.client.Endpoint;
import io.flotilla.raft.Peer;
import io.flotilla.text.ValueFormat;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Locale;
import java.util.Map;

/**
 * One setting: a component of a feature's record.
 *
 * @param name as people write it: the path of the component in kebab case, {@code listener.http-port}
 * @param component where the value goes
 * @param defaultValue where nobody sets it
 */
record SettingKey(String name, RecordComponent component, ValueFormat format, Object defaultValue) {
    static final String ENVIRONMENT_PREFIX = "FLOTILLA_";

    private static final Map<Type, ValueFormat> OTHER_TYPES = Map.of(
            Peer.class, ValueFormat.of("id@host:port", Peer::parse),
            Endpoint.class, ValueFormat.of("host:port", Endpoint::parse));

    static SettingKey of(String feature, RecordComponent component, Object defaultValue) {
        return new SettingKey(
                feature + "." + ValueFormat.kebab(component.getName()),
                component,
                ValueFormat.of(component, OTHER_TYPES),
                defaultValue);
    }

    /** Whether any name may follow this one, each a setting of its own: {@code raft.tuning.NAME}. */
    boolean isFreeForm() {
        return component.getType() == Map.class;
    }

    /** As an environment variable: {@code FLOTILLA_LISTENER_HTTP_PORT}. */
    String environmentName() {
        return ENVIRONMENT_PREFIX + name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The name in the spelling used at {@code origin}. */
    String spelledAt(Origin origin) {
        return origin.kind() == Origin.Kind.ENVIRONMENT ? environmentName() : name;
    }

    /** Whether a value for this setting, or for one of the free-form ones below it, is meant. */
    boolean isMeantBy(Given given) {
        String spelled = spelledAt(given.origin());
        return isFreeForm()
                ? given.origin().kind() != Origin.Kind.ENVIRONMENT
                        && given.name().startsWith(name + ".")
                        && given.name().length() > name.length() + 1
                : given.name().equals(spelled);
    }
}
