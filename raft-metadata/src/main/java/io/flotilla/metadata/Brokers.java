package io.flotilla.metadata;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The brokers of an image; immutable. */
public final class Brokers {
    public static final Brokers NONE = new Brokers(new TreeMap<>());

    private final SortedMap<Integer, RegisteredBroker> byId; // never changed once here

    private Brokers(SortedMap<Integer, RegisteredBroker> byId) {
        this.byId = byId;
    }

    /** Throws if two brokers have the same id. */
    static Brokers of(Collection<RegisteredBroker> brokers) {
        SortedMap<Integer, RegisteredBroker> byId = new TreeMap<>();
        for (RegisteredBroker broker : brokers) {
            if (byId.put(broker.id(), broker) != null) {
                throw new IllegalArgumentException("two brokers have the id %d".formatted(broker.id()));
            }
        }
        return new Brokers(byId);
    }

    public Optional<RegisteredBroker> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** In the order of their ids; unmodifiable. */
    public Collection<RegisteredBroker> all() {
        return Collections.unmodifiableCollection(byId.values());
    }

    Brokers with(RegisteredBroker broker) {
        SortedMap<Integer, RegisteredBroker> copy = new TreeMap<>(byId);
        copy.put(broker.id(), broker);
        return new Brokers(copy);
    }

    Brokers without(int id) {
        SortedMap<Integer, RegisteredBroker> copy = new TreeMap<>(byId);
        copy.remove(id);
        return new Brokers(copy);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Brokers brokers && byId.equals(brokers.byId);
    }

    @Override
    public int hashCode() {
        return byId.hashCode();
    }

    @Override
    public String toString() {
        return byId.values().toString();
    }
}
