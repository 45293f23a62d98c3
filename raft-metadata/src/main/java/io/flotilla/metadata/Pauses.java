package io.flotilla.metadata;

import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Consumer groups that are paused, and until when.
 *
 * @param untilMs by name of the group, milliseconds since 1970
 */
public record Pauses(SortedMap<String, Long> untilMs) {
    /** So many groups may be paused at a time. */
    public static final int MOST = 10_000;

    public static final Pauses NONE = new Pauses(new TreeMap<>());

    public Pauses {
        untilMs = Collections.unmodifiableSortedMap(new TreeMap<>(untilMs));
    }

    /** Until when the group is paused; empty if it is not at {@code nowMs}. */
    public OptionalLong of(String group, long nowMs) {
        Long until = untilMs.get(group);
        return until == null || until <= nowMs ? OptionalLong.empty() : OptionalLong.of(until);
    }

    Pauses with(String group, long until) {
        SortedMap<String, Long> more = new TreeMap<>(untilMs);
        more.put(group, until);
        return new Pauses(more);
    }

    Pauses without(String group) {
        SortedMap<String, Long> fewer = new TreeMap<>(untilMs);
        fewer.remove(group);
        return new Pauses(fewer);
    }

    /** Without those that are over. */
    Pauses at(long nowMs) {
        SortedMap<String, Long> left = new TreeMap<>(untilMs);
        left.values().removeIf(until -> until <= nowMs);
        return new Pauses(left);
    }
}
