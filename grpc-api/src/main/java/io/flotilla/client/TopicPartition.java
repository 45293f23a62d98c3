package io.flotilla.client;

/**
 * A partition of a topic.
 *
 * @param partition 0 or more
 */
public record TopicPartition(String topic, int partition) {
    static TopicPartition of(io.flotilla.v1.TopicPartition partition) {
        return new TopicPartition(partition.getTopic(), partition.getPartition());
    }

    io.flotilla.v1.TopicPartition toProto() {
        return io.flotilla.v1.TopicPartition.newBuilder()
                .setTopic(topic)
                .setPartition(partition)
                .build();
    }

    /** {@code orders/3}. */
    @Override
    public String toString() {
        return topic + "/" + partition;
    }
}
