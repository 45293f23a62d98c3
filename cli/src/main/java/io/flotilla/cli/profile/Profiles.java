package io.flotilla.cli.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Named settings, one of them in use at most.
 *
 * @param current name of the one in use; empty if none is
 * @param settings by name of the profile, then by key
 */
public record Profiles(String current, Map<String, Map<String, String>> settings) {
    public static final Profiles NONE = new Profiles("", Map.of());

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String CURRENT = "current";

    public Profiles {
        settings = Collections.unmodifiableMap(new TreeMap<>(settings));
    }

    /** What is wrong with a profile of that name, if anything. */
    static Optional<String> nameProblem(String name) {
        return NAME.matcher(name).matches()
                ? Optional.empty()
                : Optional.of(
                        "'%s' is no name for a profile; use letters, digits, '_' and '-', at most 64".formatted(name));
    }

    public Optional<Map<String, String>> find(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    Profiles with(String name, Map<String, String> values) {
        Map<String, Map<String, String>> all = new TreeMap<>(settings);
        all.put(name, Map.copyOf(values));
        return new Profiles(current, all);
    }

    Profiles without(String name) {
        Map<String, Map<String, String>> all = new TreeMap<>(settings);
        all.remove(name);
        return new Profiles(current.equals(name) ? "" : current, all);
    }

    Profiles using(String name) {
        return new Profiles(name, settings);
    }

    /** Lines such as {@code current=prod} and {@code prod.bootstrap=10.0.0.1:7400}. */
    String toText() {
        StringBuilder text = new StringBuilder("# profiles of the command flotilla; see flotilla profile --help\n");
        text.append(CURRENT).append('=').append(current).append('\n');
        settings.forEach((name, values) ->
                new TreeMap<>(values).forEach((key, value) -> text.append("%s.%s=%s\n".formatted(name, key, value))));
        return text.toString();
    }

    /** Throws {@link IllegalArgumentException} if a line is none of these. */
    static Profiles parse(String text) {
        String current = "";
        Map<String, Map<String, String>> settings = new LinkedHashMap<>();
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int equals = line.indexOf('=');
            String key = equals < 0 ? line : line.substring(0, equals).strip();
            String value = equals < 0 ? "" : line.substring(equals + 1).strip();
            int dot = key.indexOf('.');
            if (key.equals(CURRENT)) {
                current = value;
            } else if (equals < 0 || dot < 0) {
                throw new IllegalArgumentException("'%s' is not PROFILE.KEY=VALUE".formatted(line));
            } else {
                settings.computeIfAbsent(key.substring(0, dot), name -> new TreeMap<>())
                        .put(key.substring(dot + 1), value);
            }
        }
        return new Profiles(current, settings);
    }
}
