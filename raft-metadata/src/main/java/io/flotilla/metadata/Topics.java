package io.flotilla.metadata;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The topics of an image, by name and by id; immutable. A change copies the two maps and shares the topics. */
public final class Topics {
    public static final Topics NONE = new Topics(new TreeMap<>(), new HashMap<>());

    // never changed once here, and both hold the same topics
    private final SortedMap<String, Topic> byName;
    private final Map<TopicId, Topic> byId;

    private Topics(SortedMap<String, Topic> byName, Map<TopicId, Topic> byId) {
        this.byName = byName;
        this.byId = byId;
    }

    /** Throws if two topics have the same name or id. */
    static Topics of(Collection<Topic> topics) {
        SortedMap<String, Topic> byName = new TreeMap<>();
        Map<TopicId, Topic> byId = new HashMap<>();
        for (Topic topic : topics) {
            if (byName.put(topic.name(), topic) != null || byId.put(topic.id(), topic) != null) {
                throw new IllegalArgumentException(
                        "two topics have the name %s or the id %s".formatted(topic.name(), topic.id()));
            }
        }
        return new Topics(byName, byId);
    }

    public Optional<Topic> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    public Optional<Topic> find(TopicId id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** As people write it: {@code orders/3}; with the topic's id if there is no such topic. */
    public String nameOf(PartitionId partition) {
        return find(partition.topic())
                .map(topic -> topic.name() + "/" + partition.partition())
                .orElseGet(partition::toString);
    }

    /** In the order of their names; unmodifiable. */
    public Collection<Topic> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    public int size() {
        return byName.size();
    }

    /** Every partition of which the broker holds a replica, by topic name and partition. */
    public List<PartitionId> partitionsOn(int brokerId) {
        List<PartitionId> found = new ArrayList<>();
        for (Topic topic : byName.values()) {
            for (int partition = 0; partition < topic.partitions().size(); partition++) {
                if (topic.partitions().get(partition).isOn(brokerId)) {
                    found.add(new PartitionId(topic.id(), partition));
                }
            }
        }
        return found;
    }

    /** With {@code topic} instead of the one of the same id, if there is one; its name must not be another's. */
    Topics with(Topic topic) {
        SortedMap<String, Topic> names = new TreeMap<>(byName);
        Map<TopicId, Topic> ids = new HashMap<>(byId);
        names.put(topic.name(), topic);
        ids.put(topic.id(), topic);
        return new Topics(names, ids);
    }

    Topics without(Topic topic) {
        SortedMap<String, Topic> names = new TreeMap<>(byName);
        Map<TopicId, Topic> ids = new HashMap<>(byId);
        names.remove(topic.name());
        ids.remove(topic.id());
        return new Topics(names, ids);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Topics topics && byName.equals(topics.byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    @Override
    public String toString() {
        return byName.values().toString();
    }
}
