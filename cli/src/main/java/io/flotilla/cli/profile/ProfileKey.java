package io.flotilla.cli.profile;

import io.flotilla.cli.output.OutputFormat;
import io.flotilla.cli.text.Durations;
import io.flotilla.client.Endpoint;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What a profile may set: options that have a default elsewhere. */
public enum ProfileKey {
    BOOTSTRAP("127.0.0.1:7400", ProfileKey::checkEndpoints),
    OUTPUT("table", text -> OutputFormat.valueOf(text.toUpperCase(Locale.ROOT))),
    TIMEOUT("30s", Durations::parse);

    private final String otherwise;

    @SuppressWarnings("ImmutableEnumChecker") // references to static methods, which the check cannot see
    private final Consumer<String> check;

    ProfileKey(String otherwise, Consumer<String> check) {
        this.otherwise = otherwise;
        this.check = check;
    }

    /** As in the file and after {@code --set}; the option is the same with two dashes. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The environment variable that counts more than the profile. */
    public String variable() {
        return "FLOTILLA_" + name();
    }

    /** What counts if nobody sets it. */
    public String otherwise() {
        return otherwise;
    }

    public static Optional<ProfileKey> find(String key) {
        return Arrays.stream(values()).filter(known -> known.key().equals(key)).findFirst();
    }

    /** What is wrong with setting {@code key} to {@code value}, if anything. */
    static Optional<String> problem(String key, String value) {
        Optional<ProfileKey> known = find(key);
        if (known.isEmpty()) {
            return Optional.of("there is no setting %s; there are %s"
                    .formatted(key, Arrays.stream(values()).map(ProfileKey::key).collect(Collectors.joining(", "))));
        }
        try {
            known.get().check.accept(value);
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("%s is '%s': %s".formatted(key, value, e.getMessage()));
        }
    }

    private static void checkEndpoints(String text) {
        for (String endpoint : text.split(",", -1)) {
            var unused = Endpoint.parse(endpoint);
        }
    }
}
