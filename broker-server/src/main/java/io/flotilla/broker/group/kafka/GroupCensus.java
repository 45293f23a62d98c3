package io.flotilla.broker.group.kafka;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which groups are coordinated here: those of the last count, and those let in since. A new one is let in while they are
 * few enough, so that names made up without end cost no more than that. Owner: its lock.
 */
final class GroupCensus {
    private static final String EMPTY = "Empty";

    private final int max;
    private Map<String, String> counted = Map.of(); // name -> state
    private Set<String> names = new HashSet<>(); // of the last count, or let in since or shortly before
    private Set<String> recent = new HashSet<>(); // let in since the last count

    /** @param max how many groups there may be */
    GroupCensus(int max) {
        this.max = max;
    }

    /** Whether the group is one of those that are here, or may become one. */
    synchronized boolean admits(String group) {
        if (names.contains(group)) {
            return true;
        }
        if (names.size() >= max) {
            return false;
        }
        names.add(group);
        recent.add(group);
        return true;
    }

    /**
     * These are the groups here.
     *
     * @param states by name; those that were let in a moment ago may be missing, as they are not committed yet
     */
    synchronized void counted(Map<String, String> states) {
        counted = Map.copyOf(states);
        names = new HashSet<>(states.keySet());
        names.addAll(recent);
        recent = new HashSet<>();
    }

    /** Whether something is to be remembered of the group. */
    synchronized boolean knows(String group) {
        return names.contains(group);
    }

    /** How many groups there were in each state at the last count. */
    synchronized Map<String, Integer> states() {
        Map<String, Integer> states = new HashMap<>();
        counted.values().forEach(state -> states.merge(state, 1, Integer::sum));
        return states;
    }

    /** The names of the groups of the last count, those with members first. */
    synchronized List<String> groups() {
        return counted.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<String, String> group) -> EMPTY.equals(group.getValue()))
                        .thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey)
                .toList();
    }
}
