package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.v1.Holding;
import io.flotilla.v1.TopicPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The partitions a member holds, brought in line with those it is to hold: what it may no longer hold is given up first,
 * which takes as long as the member needs to finish with it. Owner: the call's serial execution.
 */
final class MemberHoldings {
    private final Function<ByteString, Optional<String>> topicNames;
    private final Listener listener;
    private final Map<Key, TopicPartition> held = new LinkedHashMap<>(); // with those being given up
    private final Set<Key> leaving = new LinkedHashSet<>();
    private Set<Key> target = Set.of();
    private boolean known;

    private record Key(ByteString topicId, int partition) {}

    /** A partition that is new to the member. */
    record Gained(ByteString topicId, TopicPartition name) {}

    /** What is to be done; told on the call's serial execution. */
    interface Listener {
        void gained(List<Gained> partitions);

        /** To be answered by {@link MemberHoldings#released} for each. */
        void lost(List<TopicPartition> partitions);

        /** The member holds what it is to hold, or has given up what it had to. */
        void settled(Holding holding);
    }

    /** @param topicNames empty for a topic that is not known here yet, or any more */
    MemberHoldings(Function<ByteString, Optional<String>> topicNames, Listener listener) {
        this.topicNames = topicNames;
        this.listener = listener;
    }

    /** What the member is to hold from now on. */
    void aim(Holding assignment) {
        Set<Key> keys = new LinkedHashSet<>();
        assignment
                .getTopicsList()
                .forEach(topic -> topic.getPartitionsList()
                        .forEach(partition -> keys.add(new Key(topic.getTopicId(), partition))));
        target = keys;
        known = true;
        followTarget();
    }

    /** To be called now and then: a topic may have become known. */
    void followTarget() {
        if (!known) {
            return;
        }
        List<Key> lost = held.keySet().stream()
                .filter(key -> !target.contains(key) && !leaving.contains(key))
                .toList();
        leaving.addAll(lost);
        List<Gained> gained = new ArrayList<>();
        for (Key key : target) {
            if (!held.containsKey(key)) {
                topicNames.apply(key.topicId()).ifPresent(topic -> {
                    TopicPartition name = TopicPartition.newBuilder()
                            .setTopic(topic)
                            .setPartition(key.partition())
                            .build();
                    if (!held.containsValue(name)) { // of a deleted topic of that name, to be given up first
                        held.put(key, name);
                        gained.add(new Gained(key.topicId(), name));
                    }
                });
            }
        }
        if (!gained.isEmpty()) {
            listener.gained(gained);
        }
        if (!lost.isEmpty()) {
            listener.lost(lost.stream()
                    .map(key -> held.getOrDefault(key, TopicPartition.getDefaultInstance()))
                    .toList());
        } else if (!gained.isEmpty() && leaving.isEmpty()) {
            listener.settled(holding());
        }
    }

    /** The member is done with a partition that was taken from it. */
    void released(TopicPartition name) {
        boolean was = leaving.removeIf(key -> name.equals(held.get(key)) && held.remove(key) != null);
        if (was && leaving.isEmpty()) {
            listener.settled(holding());
            followTarget(); // what was given back meanwhile
        }
    }

    boolean isLeaving(TopicPartition name) {
        return leaving.stream().anyMatch(key -> name.equals(held.get(key)));
    }

    List<TopicPartition> leaving() {
        return leaving.stream()
                .map(key -> held.getOrDefault(key, TopicPartition.getDefaultInstance()))
                .toList();
    }

    /** Whether the member holds the partition, even if it is to give it up. */
    boolean holds(TopicPartition name) {
        return held.containsValue(name);
    }

    /** All partitions of the member but those being given up, with the ids of their topics. */
    Collection<Gained> kept() {
        return held.entrySet().stream()
                .filter(entry -> !leaving.contains(entry.getKey()))
                .map(entry -> new Gained(entry.getKey().topicId(), entry.getValue()))
                .toList();
    }

    private Holding holding() {
        Map<ByteString, Holding.TopicPartitions.Builder> topics = new LinkedHashMap<>();
        held.keySet()
                .forEach(key -> topics.computeIfAbsent(
                                key.topicId(),
                                id -> Holding.TopicPartitions.newBuilder().setTopicId(id))
                        .addPartitions(key.partition()));
        Holding.Builder holding = Holding.newBuilder();
        topics.values().forEach(holding::addTopics);
        return holding.build();
    }
}
