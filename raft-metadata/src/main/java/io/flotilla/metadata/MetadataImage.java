package io.flotilla.metadata;

import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.config.TopicConfig;

/**
 * All that the cluster agrees on beside records, at one raft index; immutable. Any thread may hold and read any image.
 *
 * @param version raft index of the last command applied, or -1
 * @param clusterId names the cluster for ever; {@link #NO_CLUSTER} until one is created
 * @param featureLevel what all brokers understand, see {@link FeatureLevel}
 * @param topicDefaults settings of every topic that does not set its own
 * @param lastProducerId the largest id that was handed out to a broker for its producers; 0 = none yet
 */
public record MetadataImage(
        long version,
        String clusterId,
        int featureLevel,
        Brokers brokers,
        Topics topics,
        Configs topicDefaults,
        long lastProducerId,
        Pauses pauses) {
    public static final String NO_CLUSTER = "";

    /** Before the first command. */
    public static final MetadataImage EMPTY = new MetadataImage(
            -1, NO_CLUSTER, FeatureLevel.NONE, Brokers.NONE, Topics.NONE, Configs.NONE, 0, Pauses.NONE);

    public boolean hasCluster() {
        return !clusterId.equals(NO_CLUSTER);
    }

    /** The settings in effect for a topic: its own, else the cluster's, else the built-in ones. */
    public TopicConfig configOf(Topic topic) {
        return TopicConfig.of(topic.configs(), topicDefaults);
    }

    /**
     * The same content as of a later raft index. Whoever applies a command says its index so, since a command does not
     * know it: {@code command.applyTo(image.at(index))}.
     *
     * @param index not before {@link #version()}
     */
    public MetadataImage at(long index) {
        if (index < version) {
            throw new IllegalArgumentException(
                    "the image is of raft index %d and cannot go back to %d".formatted(version, index));
        }
        return new MetadataImage(
                index, clusterId, featureLevel, brokers, topics, topicDefaults, lastProducerId, pauses);
    }

    MetadataImage withCluster(String newClusterId, int newFeatureLevel) {
        return new MetadataImage(
                version, newClusterId, newFeatureLevel, brokers, topics, topicDefaults, lastProducerId, pauses);
    }

    MetadataImage withBrokers(Brokers newBrokers) {
        return new MetadataImage(
                version, clusterId, featureLevel, newBrokers, topics, topicDefaults, lastProducerId, pauses);
    }

    MetadataImage withTopics(Topics newTopics) {
        return new MetadataImage(
                version, clusterId, featureLevel, brokers, newTopics, topicDefaults, lastProducerId, pauses);
    }

    MetadataImage withTopicDefaults(Configs newDefaults) {
        return new MetadataImage(
                version, clusterId, featureLevel, brokers, topics, newDefaults, lastProducerId, pauses);
    }

    MetadataImage withPauses(Pauses newPauses) {
        return new MetadataImage(
                version, clusterId, featureLevel, brokers, topics, topicDefaults, lastProducerId, newPauses);
    }

    MetadataImage withLastProducerId(long id) {
        return new MetadataImage(version, clusterId, featureLevel, brokers, topics, topicDefaults, id, pauses);
    }
}
