package io.flotilla.broker.config;

/**
 * Everything that can be set for a broker, by feature. Immutable; checked when it is made.
 *
 * @param node who this broker is and which cluster it belongs to
 * @param listener where it listens
 * @param produce how much it takes in at once
 * @param fetch how much it gives out at once
 * @param group consumer groups
 * @param log how records are kept on disk; what differs by topic is a topic setting
 * @param topicDefaults what a new topic gets that does not say otherwise
 * @param storage when the disk counts as full
 * @param catchUp how replicas that are far behind copy what they lack
 * @param compaction how logs are compacted
 * @param leadership who leads which partition
 * @param drain how the broker leaves
 * @param raft how brokers agree and notice each other's failures
 */
public record BrokerConfig(
        NodeConfig node,
        ListenerConfig listener,
        ProduceConfig produce,
        FetchConfig fetch,
        GroupConfig group,
        LogSettings log,
        TopicDefaults topicDefaults,
        StorageConfig storage,
        CatchUpConfig catchUp,
        CompactionSettings compaction,
        LeadershipConfig leadership,
        DrainConfig drain,
        RaftSettings raft) {
    public static final BrokerConfig DEFAULT = new BrokerConfig(
            NodeConfig.DEFAULT,
            ListenerConfig.DEFAULT,
            ProduceConfig.DEFAULT,
            FetchConfig.DEFAULT,
            GroupConfig.DEFAULT,
            LogSettings.DEFAULT,
            TopicDefaults.DEFAULT,
            StorageConfig.DEFAULT,
            CatchUpConfig.DEFAULT,
            CompactionSettings.DEFAULT,
            LeadershipConfig.DEFAULT,
            DrainConfig.DEFAULT,
            RaftSettings.DEFAULT);
}
