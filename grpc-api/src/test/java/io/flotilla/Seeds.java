package io.flotilla;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;

/** Seeds for randomised tests: 20 of them, or {@code -Dseeds=N}. A failing seed is in the name of its test. */
public final class Seeds {
    private Seeds() {}

    /** For {@code @MethodSource("io.flotilla.Seeds#all")}. */
    public static LongStream all() {
        return LongStream.range(0, Long.getLong("seeds", 20));
    }

    /** The same sequence for the same seed, everywhere. */
    public static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
