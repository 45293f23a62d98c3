package io.flotilla.metadata.config;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What makes the logs of a topic shorter. */
public enum CleanupPolicy {
    /** Records go by age and by the size of the partition. */
    DELETE("delete", "delete"),
    /** Records go when a later one with the same key is there. */
    COMPACT("compact", "compact"),
    /** Both. */
    COMPACT_DELETE("compact,delete", "delete,compact");

    private final String text;
    private final String otherText;

    CleanupPolicy(String text, String otherText) {
        this.text = text;
        this.otherText = otherText;
    }

    /** As people write it. */
    public String text() {
        return text;
    }

    public boolean compacts() {
        return this != DELETE;
    }

    public boolean deletes() {
        return this != COMPACT;
    }

    /** All spellings there are. */
    static List<String> allTexts() {
        return Arrays.stream(values())
                .flatMap(policy -> Stream.of(policy.text, policy.otherText))
                .distinct()
                .toList();
    }

    static CleanupPolicy parse(String text) {
        return Arrays.stream(values())
                .filter(policy -> policy.text.equals(text) || policy.otherText.equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is no cleanup policy".formatted(text)));
    }
}
