package io.flotilla.metadata.config;

/**
 * The settings in effect for one topic, ready to use. What each does and takes stands in {@link TopicConfigKey}.
 *
 * <p>Without a cleanup policy that deletes, retention does not apply; without one that compacts, {@code compaction} does not.
 *
 * @param retentionMs negative for no end
 * @param retentionBytes negative for no limit
 * @param timestampBeforeMaxMs how far create times may lie behind the broker's clock; {@link Long#MAX_VALUE} for any
 * @param timestampAfterMaxMs how far they may lie ahead of it; {@link Long#MAX_VALUE} for any
 */
public record TopicConfig(
        long segmentBytes,
        long segmentMs,
        long retentionMs,
        long retentionBytes,
        CleanupPolicy cleanupPolicy,
        CompactionConfig compaction,
        int indexIntervalBytes,
        int maxMessageBytes,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs) {
    /** Of a topic for which nothing is set. */
    public static final TopicConfig DEFAULT = of(Configs.NONE, Configs.NONE);

    /** What the topic sets, else what the cluster sets for all topics, else the table's default; all were checked. */
    public static TopicConfig of(Configs ofTopic, Configs ofCluster) {
        Values values = key ->
                ofTopic.find(key.key()).or(() -> ofCluster.find(key.key())).orElse(key.defaultValue());
        return new TopicConfig(
                values.number(TopicConfigKey.SEGMENT_BYTES),
                values.number(TopicConfigKey.SEGMENT_MS),
                values.number(TopicConfigKey.RETENTION_MS),
                values.number(TopicConfigKey.RETENTION_BYTES),
                CleanupPolicy.parse(values.text(TopicConfigKey.CLEANUP_POLICY)),
                new CompactionConfig(
                        Double.parseDouble(values.text(TopicConfigKey.MIN_CLEANABLE_DIRTY_RATIO)),
                        values.number(TopicConfigKey.MIN_COMPACTION_LAG_MS),
                        values.number(TopicConfigKey.MAX_COMPACTION_LAG_MS),
                        values.number(TopicConfigKey.DELETE_RETENTION_MS)),
                Math.toIntExact(values.number(TopicConfigKey.INDEX_INTERVAL_BYTES)),
                Math.toIntExact(values.number(TopicConfigKey.MAX_MESSAGE_BYTES)),
                TimestampType.parse(values.text(TopicConfigKey.MESSAGE_TIMESTAMP_TYPE)),
                values.number(TopicConfigKey.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
                values.number(TopicConfigKey.MESSAGE_TIMESTAMP_AFTER_MAX_MS));
    }

    private interface Values {
        String text(TopicConfigKey key);

        default long number(TopicConfigKey key) {
            return Long.parseLong(text(key));
        }
    }
}
