package io.flotilla.broker.storage;

import io.flotilla.log.LogConfig;
import java.time.Duration;
import java.util.Map;

/**
 * The settings of a topic that decide where the segments of its logs end. They are kept beside each log: a replica that is
 * opened before the metadata is known must end its segments where the others do.
 *
 * @param segmentBytes as {@code segment.bytes} of the topic
 * @param segmentMs as {@code segment.ms}
 * @param indexIntervalBytes as {@code index.interval.bytes}
 */
public record SegmentSettings(int segmentBytes, long segmentMs, int indexIntervalBytes) {
    /** With what is set for the broker. */
    public LogConfig logConfig(Duration markInterval) {
        return new LogConfig(segmentBytes, Duration.ofMillis(segmentMs), indexIntervalBytes, markInterval);
    }

    void addTo(Map<String, String> properties) {
        properties.put("segment.bytes", Integer.toString(segmentBytes));
        properties.put("segment.ms", Long.toString(segmentMs));
        properties.put("index.interval.bytes", Integer.toString(indexIntervalBytes));
    }

    /** Throws {@link IllegalArgumentException} if they are not those of a log. */
    static SegmentSettings from(Map<String, String> properties) {
        SegmentSettings settings = new SegmentSettings(
                Integer.parseInt(properties.getOrDefault("segment.bytes", "")),
                Long.parseLong(properties.getOrDefault("segment.ms", "")),
                Integer.parseInt(properties.getOrDefault("index.interval.bytes", "")));
        var unused = settings.logConfig(LogConfig.DEFAULT.markInterval());
        return settings;
    }
}
