package io.flotilla.metadata;

/**
 * What all brokers of a cluster understand, as one number that only grows. A command kind, a topic setting or another
 * rule for an old one comes with a new level and is used only once the cluster is at that level; so brokers of two
 * versions, side by side during an upgrade, never read the same command differently.
 */
public final class FeatureLevel {
    /** Of an image in which no cluster has been created yet. */
    public static final int NONE = 0;

    /** The highest level that this software understands. */
    public static final int LATEST = 1;

    private FeatureLevel() {}

    /** Throws unless {@code level} is from 1 to {@link #LATEST}: to guess at a newer level would be to diverge. */
    static void requireKnown(int level) {
        if (level <= NONE || level > LATEST) {
            throw new IllegalArgumentException(
                    "feature level is %d; this broker knows 1 to %d, upgrade it".formatted(level, LATEST));
        }
    }
}
