package io.flotilla.metadata.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The table of topic settings: every key there is, under Kafka's names where the meaning is Kafka's, with its default,
 * what it takes and what it does. Sizes are bytes and durations milliseconds, as plain numbers.
 *
 * <p>A new key, or another range for an old one, changes what commands mean, so it takes effect at a new {@link
 * io.flotilla.metadata.FeatureLevel}; {@link #since()} says which.
 */
public enum TopicConfigKey {
    SEGMENT_BYTES(
            "segment.bytes",
            "134217728",
            bytes(1 << 20, 1 << 30),
            1,
            "A segment file is sealed, and the next one begun, when it would grow past this."),

    SEGMENT_MS(
            "segment.ms",
            "86400000",
            milliseconds(1_000, Long.MAX_VALUE),
            1,
            "A segment file is sealed, and the next one begun, when its first batch was appended so long before the next."),

    RETENTION_MS(
            "retention.ms",
            "604800000",
            milliseconds(-1, Long.MAX_VALUE),
            1,
            "Segments whose last batch was appended longer ago are removed. -1 for never."),

    RETENTION_BYTES(
            "retention.bytes",
            "-1",
            bytes(-1, Long.MAX_VALUE),
            1,
            "The oldest segments of a partition are removed as long as what is left is so large or larger. -1 for any size."),

    CLEANUP_POLICY(
            "cleanup.policy",
            CleanupPolicy.DELETE.text(),
            new ValueRule.OneOf(CleanupPolicy.allTexts()),
            1,
            "What makes logs shorter: delete by retention.ms and retention.bytes; compact so that the newest record of"
                    + " each key stays; or both. With compact every record needs a key."),

    MIN_CLEANABLE_DIRTY_RATIO(
            "min.cleanable.dirty.ratio",
            "0.5",
            new ValueRule.Ratio(),
            1,
            "A log is compacted when this share of what can be is new since the last time. Less saves space, more saves"
                    + " work."),

    MIN_COMPACTION_LAG_MS(
            "min.compaction.lag.ms",
            "0",
            milliseconds(0, Long.MAX_VALUE),
            1,
            "Compaction leaves segments alone whose last batch was appended less long ago, so that whoever is not further"
                    + " behind sees every record."),

    MAX_COMPACTION_LAG_MS(
            "max.compaction.lag.ms",
            Long.toString(Long.MAX_VALUE),
            milliseconds(1_000, Long.MAX_VALUE),
            1,
            "A log is compacted when a batch that was not yet was appended longer ago, whatever the ratio. Segments end"
                    + " after this time at the latest."),

    DELETE_RETENTION_MS(
            "delete.retention.ms",
            "86400000",
            milliseconds(0, Long.MAX_VALUE),
            1,
            "A record without value deletes its key. It stays so long after compaction has removed the key's other"
                    + " records, so that readers who need less time for the log do not miss it."),

    INDEX_INTERVAL_BYTES(
            "index.interval.bytes",
            "4096",
            bytes(1 << 10, 1 << 20),
            1,
            "One index row is written for so many bytes of batches: less finds records faster, more takes less memory."),

    MAX_MESSAGE_BYTES(
            "max.message.bytes",
            "1048588",
            bytes(1 << 10, 4 << 20),
            1,
            "The largest batch a producer may send, encoded and compressed as it is sent."),

    MESSAGE_TIMESTAMP_TYPE(
            "message.timestamp.type",
            TimestampType.CREATE_TIME.text(),
            new ValueRule.OneOf(
                    Stream.of(TimestampType.values()).map(TimestampType::text).toList()),
            1,
            "Which time look-ups by time go by: the one the producer gave a record or the one at which it was appended."),

    MESSAGE_TIMESTAMP_BEFORE_MAX_MS(
            "message.timestamp.before.max.ms",
            Long.toString(Long.MAX_VALUE),
            milliseconds(0, Long.MAX_VALUE),
            1,
            "A batch with a record whose create time is further behind the broker's clock is refused."
                    + " Only with CreateTime."),

    MESSAGE_TIMESTAMP_AFTER_MAX_MS(
            "message.timestamp.after.max.ms",
            "3600000",
            milliseconds(0, Long.MAX_VALUE),
            1,
            "A batch with a record whose create time is further ahead of the broker's clock is refused, so that one"
                    + " wrong clock cannot spoil look-ups by time. Only with CreateTime.");

    private final String key;
    private final String defaultValue;

    @SuppressWarnings("ImmutableEnumChecker") // records of immutable values, which the check cannot see
    private final ValueRule rule;

    private final int since;
    private final String documentation;

    TopicConfigKey(String key, String defaultValue, ValueRule rule, int since, String documentation) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.rule = rule;
        this.since = since;
        this.documentation = documentation;
    }

    /** As people write it. */
    public String key() {
        return key;
    }

    /** What counts where neither the topic nor the cluster sets it. */
    public String defaultValue() {
        return defaultValue;
    }

    /** The feature level at which it can be set first. */
    public int since() {
        return since;
    }

    /** What it takes, in words. */
    public String allowed() {
        return rule.describe();
    }

    /** What it does, in a sentence or two. */
    public String documentation() {
        return documentation;
    }

    public Type type() {
        return rule.type();
    }

    /** The key of that spelling, if there is one. */
    public static Optional<TopicConfigKey> find(String key) {
        return Arrays.stream(values()).filter(k -> k.key.equals(key)).findFirst();
    }

    /** What is wrong with {@code key} in a cluster at {@code featureLevel}, if anything. */
    static Optional<String> problem(String key, int featureLevel) {
        Optional<TopicConfigKey> found = find(key);
        if (found.isEmpty()) {
            List<String> known =
                    Arrays.stream(values()).map(TopicConfigKey::key).toList();
            return Optional.of(
                    "topic setting %s is unknown; did you mean %s?".formatted(key, NearestName.to(key, known)));
        }
        return found.filter(k -> k.since > featureLevel)
                .map(k -> "topic setting %s needs feature level %d; the cluster is at %d, upgrade all brokers first"
                        .formatted(key, k.since, featureLevel));
    }

    /** What is wrong with setting {@code key} to {@code value} in a cluster at {@code featureLevel}, if anything. */
    static Optional<String> problem(String key, String value, int featureLevel) {
        return problem(key, featureLevel)
                .or(() -> find(key)
                        .filter(k -> !k.rule.allows(value))
                        .map(k -> "topic setting %s is '%s'; must be %s".formatted(key, value, k.allowed())));
    }

    private static ValueRule bytes(long min, long max) {
        return new ValueRule.WholeNumber(Type.BYTES, min, max);
    }

    private static ValueRule milliseconds(long min, long max) {
        return new ValueRule.WholeNumber(Type.DURATION_MS, min, max);
    }

    /** The kind of values a key takes. */
    public enum Type {
        BYTES,
        DURATION_MS,
        /** A decimal number from 0 to 1. */
        RATIO,
        /** One of a few words. */
        WORD
    }
}
