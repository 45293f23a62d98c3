package io.flotilla.metadata;

import io.flotilla.raft.GroupId;
import java.util.Comparator;
import java.util.UUID;

/**
 * Names one partition of one topic for ever.
 *
 * @param partition 0 or more, less than {@link Topic#MAX_PARTITIONS}
 */
public record PartitionId(TopicId topic, int partition) implements Comparable<PartitionId> {
    private static final Comparator<PartitionId> ORDER =
            Comparator.comparing(PartitionId::topic).thenComparingInt(PartitionId::partition);

    public PartitionId {
        if (partition < 0 || partition >= Topic.MAX_PARTITIONS) {
            throw new IllegalArgumentException(
                    "partition is %d; must be 0 to %d".formatted(partition, Topic.MAX_PARTITIONS - 1));
        }
    }

    /** The partition whose Raft group has this id, the inverse of {@link #groupId()}. */
    public static PartitionId of(GroupId group) {
        long low = group.uuid().getLeastSignificantBits();
        return new PartitionId(
                new TopicId(new UUID(group.uuid().getMostSignificantBits(), low & ~TopicId.PARTITION_BITS)),
                (int) (low & TopicId.PARTITION_BITS));
    }

    /**
     * The id of this partition's Raft group: the topic's id with the partition in its last 16 bits, so that one can
     * be told from the other by eye.
     */
    public GroupId groupId() {
        return new GroupId(
                new UUID(topic.uuid().getMostSignificantBits(), topic.uuid().getLeastSignificantBits() | partition));
    }

    /** By topic, then partition. */
    @Override
    public int compareTo(PartitionId other) {
        return ORDER.compare(this, other);
    }

    /** {@code topic/partition}. */
    @Override
    public String toString() {
        return topic + "/" + partition;
    }
}
