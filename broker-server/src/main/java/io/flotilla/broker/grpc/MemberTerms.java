package io.flotilla.broker.grpc;

import io.flotilla.broker.group.OffsetsTopic;
import io.flotilla.broker.v1.MemberBeat;
import io.flotilla.metadata.TopicName;
import io.flotilla.v1.ConsumeRequest;
import io.flotilla.v1.DeliveryMode;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.SubscribeRequest.Join;
import io.flotilla.v1.SubscribeRequest.Subscription;

/**
 * What a member asked for when it joined, checked and with defaults filled in.
 *
 * @param join as it was sent
 * @param reset START, END or ERROR
 * @param mode never unspecified
 */
record MemberTerms(
        Join join,
        int sessionTimeoutMs,
        int processingTimeoutMs,
        long maxUnackedBytes,
        OffsetReset reset,
        DeliveryMode mode) {
    private static final int DEFAULT_SESSION_MS = 10_000;
    private static final int DEFAULT_PROCESSING_MS = 300_000;
    private static final long DEFAULT_UNACKED_BYTES = 8 << 20;

    /** Throws the API's error for terms that cannot be met. */
    static MemberTerms of(Join join) {
        requireGroup(join.getGroup());
        checkSubscription(join.getSubscription());
        if (join.getMaxUnackedBytes() < 0 || join.getMaxUnackedDeliveries() < 0) {
            throw Errors.invalid("max_unacked_bytes is %d and max_unacked_deliveries %d; must be 0 (default) or more"
                    .formatted(join.getMaxUnackedBytes(), join.getMaxUnackedDeliveries()));
        }
        requireShort("member_id", join.getMemberId());
        requireShort("instance_id", join.getInstanceId());
        requireShort("client_id", join.getClientId());
        requireShort("rack", join.getRack());
        return new MemberTerms(
                join,
                within("session_timeout_ms", join.getSessionTimeoutMs(), DEFAULT_SESSION_MS, 3000, 300_000),
                within("processing_timeout_ms", join.getProcessingTimeoutMs(), DEFAULT_PROCESSING_MS, 1000, 86_400_000),
                join.getMaxUnackedBytes() == 0 ? DEFAULT_UNACKED_BYTES : join.getMaxUnackedBytes(),
                join.getReset() == OffsetReset.OFFSET_RESET_UNSPECIFIED
                        ? OffsetReset.OFFSET_RESET_START
                        : join.getReset(),
                join.getMode() == DeliveryMode.DELIVERY_MODE_UNSPECIFIED
                        ? DeliveryMode.DELIVERY_MODE_INLINE
                        : join.getMode());
    }

    static void requireGroup(String name) {
        if (!OffsetsTopic.isGroupName(name)) {
            throw Errors.invalid("group is '%s'; use 1 to 249 letters, digits, '.', '_' and '-' of ASCII"
                    .formatted(name.length() > 50 ? name.substring(0, 50) + "..." : name));
        }
    }

    static void checkSubscription(Subscription subscription) {
        if (subscription.getTopicsList().isEmpty()
                == subscription.getTopicRegex().isEmpty()) {
            throw Errors.invalid("a subscription needs either topics or topic_regex");
        }
        subscription
                .getTopicsList()
                .forEach(topic -> TopicName.problem(topic).ifPresent(problem -> {
                    throw Errors.invalid(problem);
                }));
    }

    private static void requireShort(String field, String value) {
        if (value.length() > 255) {
            throw Errors.invalid("%s has %d characters; at most 255 are allowed".formatted(field, value.length()));
        }
    }

    private static int within(String field, int value, int byDefault, int min, int max) {
        if (value != 0 && (value < min || value > max)) {
            throw Errors.invalid("%s is %d; must be 0 (default) or %d to %d".formatted(field, value, min, max));
        }
        return value == 0 ? byDefault : value;
    }

    String group() {
        return join.getGroup();
    }

    boolean isStatic() {
        return !join.getInstanceId().isEmpty();
    }

    boolean readsHere() {
        return mode != DeliveryMode.DELIVERY_MODE_ASSIGNMENT_ONLY;
    }

    boolean commitsFirst() {
        return mode == DeliveryMode.DELIVERY_MODE_AT_MOST_ONCE;
    }

    /** For the coordinator. */
    MemberBeat.Terms toBeat(Subscription subscription, int rebalanceTimeoutMs) {
        return MemberBeat.Terms.newBuilder()
                .setInstanceId(join.getInstanceId())
                .setRack(join.getRack())
                .setRebalanceTimeoutMs(rebalanceTimeoutMs)
                .addAllTopics(subscription.getTopicsList())
                .setTopicRegex(subscription.getTopicRegex())
                .setAssignor(join.getAssignor())
                .build();
    }

    /** For the feed of the member's records. */
    ConsumeRequest.Open toOpen() {
        return ConsumeRequest.Open.newBuilder()
                .setDecode(join.getDecode())
                .setCreditBytes(maxUnackedBytes)
                .setMaxBytes(join.getMaxDeliveryBytes())
                .setReset(reset)
                .build();
    }
}
