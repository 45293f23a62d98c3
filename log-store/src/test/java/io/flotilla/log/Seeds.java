package io.flotilla.log;

import java.util.stream.LongStream;

/** Which seeds a test runs: the one in {@code -Dseed}, as many as {@code -Dseeds} says, or the test's own number. */
final class Seeds {
    private Seeds() {}

    static LongStream from(long first, int count) {
        Long one = Long.getLong("seed");
        return one != null ? LongStream.of(one) : LongStream.range(first, first + Integer.getInteger("seeds", count));
    }
}
