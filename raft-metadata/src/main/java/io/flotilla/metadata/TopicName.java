package io.flotilla.metadata;

import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for names of topics; the same as Kafka's. */
public final class TopicName {
    public static final int MAX_LENGTH = 249;

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");
    private static final String INTERNAL_PREFIX = "__";

    private TopicName() {}

    /** What is wrong with {@code name}, if anything. */
    public static Optional<String> problem(String name) {
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("topic name is '%s'; the names . and .. are not allowed".formatted(name));
        }
        if (name.length() > MAX_LENGTH) {
            return Optional.of("topic name has %d characters; at most %d are allowed, it begins %s"
                    .formatted(name.length(), MAX_LENGTH, name.substring(0, 20)));
        }
        return ALLOWED.matcher(name).matches()
                ? Optional.empty()
                : Optional.of("topic name is '%s'; use letters, digits, '.', '_' and '-' of ASCII, at least one"
                        .formatted(name));
    }

    /** Whether the topic is the cluster's own: its name begins with two underscores. */
    public static boolean isInternal(String name) {
        return name.startsWith(INTERNAL_PREFIX);
    }
}
