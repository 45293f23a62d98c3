package io.flotilla.cli.profile;

import io.flotilla.cli.session.Surroundings;
import java.util.Map;
import java.util.Optional;

/**
 * What counts where the command line says nothing: the environment, else the profile, else the default.
 *
 * @param profile that counts; empty if none does
 * @param values what it sets
 */
public record EffectiveSettings(Surroundings surroundings, String profile, Map<String, String> values) {
    private static final String PROFILE_VARIABLE = "FLOTILLA_PROFILE";

    /** A value and who set it. */
    record Setting(String value, String source) {}

    /**
     * The settings in effect.
     *
     * @param named the profile named on the command line; empty if none is
     */
    public static EffectiveSettings of(Surroundings surroundings, Profiles profiles, String named) {
        String profile = wanted(surroundings, named).orElse(profiles.current());
        return new EffectiveSettings(
                surroundings, profile, profiles.find(profile).orElse(Map.of()));
    }

    /** The profile that was asked for by name, on the command line or in the environment. */
    public static Optional<String> wanted(Surroundings surroundings, String named) {
        return Optional.of(named).filter(name -> !name.isEmpty()).or(() -> surroundings.variable(PROFILE_VARIABLE));
    }

    /** The value set by somebody; empty if the default counts. */
    public Optional<String> find(ProfileKey key) {
        return surroundings.variable(key.variable()).or(() -> Optional.ofNullable(values.get(key.key())));
    }

    Setting setting(ProfileKey key) {
        return surroundings
                .variable(key.variable())
                .map(value -> new Setting(value, "$" + key.variable()))
                .or(() -> Optional.ofNullable(values.get(key.key()))
                        .map(value -> new Setting(value, "profile " + profile)))
                .orElseGet(() -> new Setting(key.otherwise(), "default"));
    }
}
