package io.flotilla.broker.group.kafka;

import io.flotilla.broker.config.GroupConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/**
 * What Kafka's coordinator is told: its own settings, and the session timeout of each group, which is the longest that
 * one of its members has asked for.
 */
final class CoordinatorSettings {
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    static final Duration MIN_SESSION_TIMEOUT = Duration.ofSeconds(3);
    static final Duration MAX_SESSION_TIMEOUT = Duration.ofMinutes(5);

    private static final int HEARTBEAT_INTERVAL_MS = 500;
    private static final int THREADS = 2;
    private static final long CLEAN_INTERVAL_MS = 30_000;

    private final Map<String, Object> properties;
    private final GroupCoordinatorConfig kafka;
    private final GroupConfigManager groups;
    private final Map<String, Integer> sessionTimeouts = new ConcurrentHashMap<>();

    CoordinatorSettings(GroupConfig config) {
        this.properties = Map.ofEntries(
                Map.entry(GroupCoordinatorConfig.GROUP_COORDINATOR_NUM_THREADS_CONFIG, THREADS),
                Map.entry(GroupCoordinatorConfig.OFFSETS_TOPIC_PARTITIONS_CONFIG, config.offsetsTopicPartitions()),
                // a position is kept as long as its group
                Map.entry(GroupCoordinatorConfig.OFFSETS_RETENTION_MINUTES_CONFIG, Integer.MAX_VALUE),
                // groups without members and positions are forgotten soon
                Map.entry(GroupCoordinatorConfig.OFFSETS_RETENTION_CHECK_INTERVAL_MS_CONFIG, CLEAN_INTERVAL_MS),
                Map.entry(GroupCoordinatorConfig.GROUP_MAX_SIZE_CONFIG, config.maxMembers()),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_MAX_SIZE_CONFIG, config.maxMembers()),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_SESSION_TIMEOUT_MS_CONFIG, ms(SESSION_TIMEOUT)),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_MIN_SESSION_TIMEOUT_MS_CONFIG, ms(MIN_SESSION_TIMEOUT)),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_MAX_SESSION_TIMEOUT_MS_CONFIG, ms(MAX_SESSION_TIMEOUT)),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_INTERVAL_MS),
                Map.entry(
                        GroupCoordinatorConfig.CONSUMER_GROUP_MIN_HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_INTERVAL_MS),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_REGEX_REFRESH_INTERVAL_MS_CONFIG, 60_000),
                // what is due is assigned at once, by the heartbeat that finds it due
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_ASSIGNMENT_INTERVAL_MS_CONFIG, 0),
                Map.entry(GroupCoordinatorConfig.CONSUMER_GROUP_ASSIGNOR_OFFLOAD_ENABLE_CONFIG, false));
        this.kafka = GroupCoordinatorConfig.fromProps(properties);
        this.groups = new GroupConfigManager(properties, kafka, ShareGroupConfig.fromProps(Map.of()));
    }

    GroupCoordinatorConfig kafka() {
        return kafka;
    }

    GroupConfigManager groups() {
        return groups;
    }

    /** A member asks for this session timeout; the group gets it if it is the longest so far. */
    void askFor(String group, int sessionTimeoutMs) {
        int longest = sessionTimeouts.merge(group, sessionTimeoutMs, Math::max);
        if (longest == sessionTimeoutMs && effectiveMs(group) != longest) {
            Properties timeout = new Properties();
            timeout.put(
                    org.apache.kafka.coordinator.group.GroupConfig.CONSUMER_SESSION_TIMEOUT_MS_CONFIG,
                    Integer.toString(sessionTimeoutMs));
            groups.updateGroupConfig(group, timeout);
        }
    }

    private int effectiveMs(String group) {
        return groups.groupConfig(group)
                .map(org.apache.kafka.coordinator.group.GroupConfig::consumerSessionTimeoutMs)
                .orElse(ms(SESSION_TIMEOUT));
    }

    void forget(String group) {
        if (sessionTimeouts.remove(group) != null) {
            groups.updateGroupConfig(group, new Properties());
        }
    }

    /** Forgets those of groups that are not here any more. */
    void retain(Predicate<String> isHere) {
        sessionTimeouts.keySet().stream().filter(isHere.negate()).toList().forEach(this::forget);
    }

    /** Of how many groups something is kept. */
    int size() {
        return sessionTimeouts.size();
    }

    private static int ms(Duration duration) {
        return Math.toIntExact(duration.toMillis());
    }
}
