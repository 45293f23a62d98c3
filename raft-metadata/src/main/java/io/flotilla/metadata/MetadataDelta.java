package io.flotilla.metadata;

/**
 * What differs between two images, for those who bring something in line with the newer one.
 *
 * @param topics told apart by id: one that was deleted and created again counts as removed and as added; in the order
 *     of their names
 * @param brokers told apart and ordered by id
 */
public record MetadataDelta(
        MetadataImage before, MetadataImage after, Differences<Topic> topics, Differences<RegisteredBroker> brokers) {
    /** Costs one look-up for each topic and broker; what the images share is not compared. */
    public static MetadataDelta between(MetadataImage before, MetadataImage after) {
        return new MetadataDelta(
                before,
                after,
                Differences.between(
                        before.topics().all(),
                        topic -> before.topics().find(topic.id()),
                        after.topics().all(),
                        topic -> after.topics().find(topic.id())),
                Differences.between(
                        before.brokers().all(),
                        broker -> before.brokers().find(broker.id()),
                        after.brokers().all(),
                        broker -> after.brokers().find(broker.id())));
    }

    /** Whether the cluster was created or its feature level changed. */
    public boolean clusterChanged() {
        return !before.clusterId().equals(after.clusterId()) || before.featureLevel() != after.featureLevel();
    }

    /** Whether settings changed that hold for every topic without its own. */
    public boolean topicDefaultsChanged() {
        return !before.topicDefaults().equals(after.topicDefaults());
    }
}
