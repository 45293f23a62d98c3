package io.flotilla.client;

import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.SubscribeRequest.Subscription;
import java.time.Duration;
import java.util.List;

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
 * @param processingTimeout longest time from a delivery to its ack, 1 s to 1 day
 * @param windowBytes most bytes that are delivered ahead of their acks; bounds the consumer's memory
 * @param reset where to begin where the group has no position: START or END, or ERROR
 * @param atMostOnce commit before a delivery is handed out, so that nothing is ever processed twice
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
        String assignor) {
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
        return new ConsumerConfig(
                group,
                List.of(topics),
                "",
                "",
                "",
                Duration.ofSeconds(10),
                Duration.ofMinutes(5),
                8 << 20,
                OffsetReset.OFFSET_RESET_START,
                false,
                "");
    }

    /** A member of {@code group} that reads every topic whose name matches. */
    public static ConsumerConfig matching(String group, String topicPattern) {
        ConsumerConfig some = of(group, "any");
        return new ConsumerConfig(
                group,
                List.of(),
                topicPattern,
                some.clientId,
                some.instanceId,
                some.sessionTimeout,
                some.processingTimeout,
                some.windowBytes,
                some.reset,
                some.atMostOnce,
                some.assignor);
    }

    public ConsumerConfig withClientId(String id) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                id,
                instanceId,
                sessionTimeout,
                processingTimeout,
                windowBytes,
                reset,
                atMostOnce,
                assignor);
    }

    public ConsumerConfig withInstanceId(String id) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                id,
                sessionTimeout,
                processingTimeout,
                windowBytes,
                reset,
                atMostOnce,
                assignor);
    }

    public ConsumerConfig withSessionTimeout(Duration timeout) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                instanceId,
                timeout,
                processingTimeout,
                windowBytes,
                reset,
                atMostOnce,
                assignor);
    }

    public ConsumerConfig withProcessingTimeout(Duration timeout) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                instanceId,
                sessionTimeout,
                timeout,
                windowBytes,
                reset,
                atMostOnce,
                assignor);
    }

    public ConsumerConfig withWindowBytes(long bytes) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                instanceId,
                sessionTimeout,
                processingTimeout,
                bytes,
                reset,
                atMostOnce,
                assignor);
    }

    public ConsumerConfig withReset(OffsetReset newReset) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                instanceId,
                sessionTimeout,
                processingTimeout,
                windowBytes,
                newReset,
                atMostOnce,
                assignor);
    }

    public ConsumerConfig withAtMostOnce(boolean once) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                instanceId,
                sessionTimeout,
                processingTimeout,
                windowBytes,
                reset,
                once,
                assignor);
    }

    public ConsumerConfig withAssignor(String name) {
        return new ConsumerConfig(
                group,
                topics,
                topicPattern,
                clientId,
                instanceId,
                sessionTimeout,
                processingTimeout,
                windowBytes,
                reset,
                atMostOnce,
                name);
    }

    Subscription subscription() {
        return Subscription.newBuilder()
                .addAllTopics(topics)
                .setTopicRegex(topicPattern)
                .build();
    }
}
