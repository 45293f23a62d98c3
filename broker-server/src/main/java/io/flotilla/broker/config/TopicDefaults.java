package io.flotilla.broker.config;

import io.flotilla.metadata.ReplicationFactor;
import io.flotilla.metadata.Topic;

/**
 * What a new topic gets whose creator does not say otherwise.
 *
 * @param partitions into how many partitions a topic is split
 * @param replicationFactor copies of each partition. 0 for 3 where there are so many brokers, else 1
 */
public record TopicDefaults(int partitions, int replicationFactor) {
    /** The {@code replicationFactor} that goes by the number of brokers. */
    public static final int BY_CLUSTER_SIZE = 0;

    public static final TopicDefaults DEFAULT = new TopicDefaults(1, BY_CLUSTER_SIZE);

    public TopicDefaults {
        Rule.range("partitions", partitions, 1, Topic.MAX_PARTITIONS);
        Rule.require(
                replicationFactor == BY_CLUSTER_SIZE || ReplicationFactor.ALLOWED.contains(replicationFactor),
                "replicationFactor",
                replicationFactor,
                "must be 0, 1, 3 or 5");
    }
}
