package io.flotilla.metadata;

import java.util.stream.LongStream;

/** The seeds of a property test: twenty, or as many as {@code -Dseeds} says. */
public final class Seeds {
    public static final String ALL = "io.flotilla.metadata.Seeds#all";

    private Seeds() {}

    static LongStream all() {
        return LongStream.range(0, Long.getLong("seeds", 20));
    }
}
