package io.flotilla.log;

import java.time.Duration;

/**
 * Settings of one log. Those that decide where segments roll must be the same on all replicas.
 *
 * @param segmentBytes size beyond which a segment takes no further entry; a larger entry gets a segment of its own
 * @param segmentSpan a segment takes no entry appended this long after its first one
 * @param indexIntervalBytes distance of index rows: how much a lookup may have to walk through
 * @param markInterval how often, at most, the mark is forced while the log is written: how much a recovery after a power
 *     loss has to walk through
 */
public record LogConfig(int segmentBytes, Duration segmentSpan, int indexIntervalBytes, Duration markInterval) {
    public static final LogConfig DEFAULT =
            new LogConfig(1 << 30, Duration.ofDays(7), 64 * 1024, Duration.ofSeconds(1));

    public LogConfig {
        atLeast("segmentBytes", segmentBytes, 1);
        atLeast("indexIntervalBytes", indexIntervalBytes, 1);
        atLeast("segmentSpan in ms", segmentSpan.toMillis(), 1);
        atLeast("markInterval in ms", markInterval.toMillis(), 0);
    }

    public LogConfig withSegmentBytes(int bytes) {
        return new LogConfig(bytes, segmentSpan, indexIntervalBytes, markInterval);
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException("%s is %d, must be at least %d".formatted(name, value, least));
        }
    }
}
