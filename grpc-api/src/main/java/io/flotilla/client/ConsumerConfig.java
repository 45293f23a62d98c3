package io.flotilla.client;

import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.SubscribeRequest.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a member of a group reads, and on what terms.
 *
 * @param group its name: letters, digits, '.', '_' and '-', at most 249
 * @param topics to read; empty if {@code topicPattern} is given
 * @param topicPattern RE2 pattern of whole topic names, also of topics to come; empty if {@code topics} are given
 * @param clientId for people who look at the group
 * @param instanceId a name that survives restarts: the member that comes back with it within the session timeout gets
 *     its partitions back; empty for none
 * @param sessionTimeout how long the member may be gone before others get its partitions, 3 s to 5 min
 * @param processingTimeout longest time from a delivery to its ack, or to the next progress, 1 s to 1 day
 * @param windowBytes most bytes that are delivered ahead of their acks, shared by the brokers the records come from;
 *     bounds the consumer's memory, but for one message of at most 1 MiB, or one batch, from each broker
 * @param reset where to begin where the group has no position: START or END, or ERROR
 * @param atMostOnce commit before a delivery is handed out, so that nothing is ever processed twice; the records come
 *     through one broker, which does that
 * @param singleEndpoint records come through the broker the member is connected to, and not from the leaders of their
 *     partitions: for networks in which not every broker can be dialled. Costs brokers a hop
 * @param assignor "uniform" or "range"; empty for what the group uses
 */
public record ConsumerConfig(
        String group,
        List<String> topics,
        String topicPattern,
        String clientId,
        String instanceId,
        Duration sessionTimeout,
        Duration processingTimeout,
        long windowBytes,
        OffsetReset reset,
        boolean atMostOnce,
        boolean singleEndpoint,
        String assignor) {
    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    public ConsumerConfig {
        topics = List.copyOf(topics);
        if (topics.isEmpty() == topicPattern.isEmpty()) {
            throw new IllegalArgumentException("a consumer reads either topics or a topicPattern");
        }
        if (windowBytes <= 0) {
            throw new IllegalArgumentException("windowBytes is %d; must be more than 0".formatted(windowBytes));
        }
    }

    /** A member of {@code group} that reads {@code topics}. */
    public static ConsumerConfig of(String group, String... topics) {
        return of(group, List.of(topics), "");
    }

    /** A member of {@code group} that reads every topic whose name matches. */
    public static ConsumerConfig matching(String group, String topicPattern) {
        return of(group, List.of(), topicPattern);
    }

    private static ConsumerConfig of(String group, List<String> topics, String topicPattern) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                "",
                "",
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                8 << 20,
                OffsetReset.OFFSET_RESET_START,
                false,
                false,
                "");
    }

    /**
     * Of settings such as {@code consumer.processing-timeout=10m}; {@code consumer.group}, and one of {@code consumer.topics}
     * and {@code consumer.topic-pattern}, must be there. Settings of clients and producers are skipped.
     *
     * @throws IllegalArgumentException if a key does not exist, or a value is not understood; it names them all
     */
    public static ConsumerConfig from(Map<String, String> settings) {
        return keys().from(settings);
    }

    static ConfigKeys<ConsumerConfig> keys() {
        return new ConfigKeys<>(
                "consumer",
                ConsumerConfig.class,
                of("", "any"),
                Map.of("group", Optional.empty(), "topics", Optional.of(List.of())));
    }

    /** A copy to be changed. */
    private final class Change {
        private String newClientId = clientId;
        private String newInstanceId = instanceId;
        private Duration newSessionTimeout = sessionTimeout;
        private Duration newProcessingTimeout = processingTimeout;
        private long newWindowBytes = windowBytes;
        private OffsetReset newReset = reset;
        private boolean newAtMostOnce = atMostOnce;
        private boolean newSingleEndpoint = singleEndpoint;
        private String newAssignor = assignor;

        ConsumerConfig made() {
            return new ConsumerConfig(
                    group,
                    topics,
                    topicPattern,
                    newClientId,
                    newInstanceId,
                    newSessionTimeout,
                    newProcessingTimeout,
                    newWindowBytes,
                    newReset,
                    newAtMostOnce,
                    newSingleEndpoint,
                    newAssignor);
        }
    }

    private ConsumerConfig with(Consumer<Change> setting) {
        Change change = new Change();
        setting.accept(change);
        return change.made();
    }

    public ConsumerConfig withClientId(String id) {
        return with(change -> change.newClientId = id);
    }

    public ConsumerConfig withInstanceId(String id) {
        return with(change -> change.newInstanceId = id);
    }

    public ConsumerConfig withSessionTimeout(Duration timeout) {
        return with(change -> change.newSessionTimeout = timeout);
    }

    public ConsumerConfig withProcessingTimeout(Duration timeout) {
        return with(change -> change.newProcessingTimeout = timeout);
    }

    public ConsumerConfig withWindowBytes(long bytes) {
        return with(change -> change.newWindowBytes = bytes);
    }

    public ConsumerConfig withReset(OffsetReset policy) {
        return with(change -> change.newReset = policy);
    }

    public ConsumerConfig withAtMostOnce(boolean once) {
        return with(change -> change.newAtMostOnce = once);
    }

    public ConsumerConfig withSingleEndpoint(boolean single) {
        return with(change -> change.newSingleEndpoint = single);
    }

    public ConsumerConfig withAssignor(String name) {
        return with(change -> change.newAssignor = name);
    }

    Subscription subscription() {
        return Subscription.newBuilder()
                .addAllTopics(topics)
                .setTopicRegex(topicPattern)
                .build();
    }

    /** How the leaders are read from. */
    ReaderConfig reading() {
        return new ReaderConfig(windowBytes, (int) Math.min(MAX_MESSAGE_BYTES, windowBytes), reset);
    }
}
