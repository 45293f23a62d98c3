package io.flotilla.broker.config;

import io.flotilla.metadata.Topic;
import java.time.Duration;

/**
 * Consumer groups.
 *
 * @param offsetsTopicPartitions into how many partitions the internal topic that holds members and positions is split,
 *     when the first group makes it; its leaders share the work
 * @param maxMembers how many members a group may have
 * @param maxGroups how many groups a broker coordinates; one that would be new is refused then
 * @param revokeGrace how long a member whose partition goes to another may take to finish with it
 */
public record GroupConfig(int offsetsTopicPartitions, int maxMembers, int maxGroups, Duration revokeGrace) {
    public static final GroupConfig DEFAULT = new GroupConfig(8, 10_000, 10_000, Duration.ofSeconds(30));

    public GroupConfig {
        Rule.range("offsetsTopicPartitions", offsetsTopicPartitions, 1, Topic.MAX_PARTITIONS);
        Rule.range("maxMembers", maxMembers, 1, 1_000_000);
        Rule.range("maxGroups", maxGroups, 1, 10_000_000);
        Rule.range("revokeGrace", revokeGrace, Duration.ofMillis(100), Duration.ofHours(1));
    }
}
