package io.flotilla.metadata;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * How one set of things became another.
 *
 * @param removed as they were
 * @param added as they are
 */
public record Differences<T>(List<T> removed, List<T> added, List<Change<T>> changed) {
    /** One thing that is in both sets and not the same. */
    public record Change<T>(T before, T after) {}

    public Differences {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
        changed = List.copyOf(changed);
    }

    /**
     * Compares two sets whose things have an identity.
     *
     * @param inBefore finds the same thing, perhaps with other content, in {@code before}
     * @param inAfter the same in {@code after}
     */
    static <T> Differences<T> between(
            Collection<T> before,
            Function<T, Optional<T>> inBefore,
            Collection<T> after,
            Function<T, Optional<T>> inAfter) {
        List<T> removed = new ArrayList<>();
        List<Change<T>> changed = new ArrayList<>();
        for (T old : before) {
            inAfter.apply(old)
                    .ifPresentOrElse(
                            now -> {
                                if (!now.equals(old)) {
                                    changed.add(new Change<>(old, now));
                                }
                            },
                            () -> removed.add(old));
        }
        List<T> added =
                after.stream().filter(now -> inBefore.apply(now).isEmpty()).toList();
        return new Differences<>(removed, added, changed);
    }

    public boolean isEmpty() {
        return removed.isEmpty() && added.isEmpty() && changed.isEmpty();
    }
}
