package io.flotilla.broker.partition;

import io.flotilla.metadata.PartitionId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The replicas on this broker, with what each of them does. Changed by the replica's own life (opening, failing, being
 * rebuilt); read by anyone.
 */
public final class PartitionTable {
    private final Map<PartitionId, Replica> replicas = new ConcurrentHashMap<>();
    private final Runnable onChange;

    /**
     * One replica.
     *
     * @param partition null while it is not open
     */
    public record Replica(
            PartitionId id,
            String name,
            ReplicaState state,
            @Nullable Partition partition) {
        /** The replica, if it serves. */
        public Optional<Partition> serving() {
            return state.kind() == ReplicaState.Kind.SERVING ? Optional.ofNullable(partition) : Optional.empty();
        }
    }

    /**
     * A table without replicas.
     *
     * @param onChange told that some replica's state changed; quick
     */
    public PartitionTable(Runnable onChange) {
        this.onChange = onChange;
    }

    public Optional<Replica> find(PartitionId id) {
        return Optional.ofNullable(replicas.get(id));
    }

    /** The replica of {@code id} on this broker, if it serves. */
    public Optional<Partition> serving(PartitionId id) {
        return find(id).flatMap(Replica::serving);
    }

    public Collection<Replica> all() {
        return List.copyOf(replicas.values());
    }

    public void put(Replica replica) {
        replicas.put(replica.id(), replica);
        onChange.run();
    }

    /** The replica's log and group are open; does nothing if the replica is gone. */
    public void opened(PartitionId id, Partition partition) {
        replicas.computeIfPresent(id, (same, old) -> new Replica(id, old.name(), old.state(), partition));
    }

    /** The replica's log is about to be closed; does nothing if the replica is gone. */
    public void closed(PartitionId id) {
        replicas.computeIfPresent(id, (same, old) -> new Replica(id, old.name(), old.state(), null));
    }

    /** Changes the state of a replica that is still there. */
    public void change(PartitionId id, ReplicaState state) {
        replicas.computeIfPresent(id, (same, old) -> new Replica(id, old.name(), state, old.partition()));
        onChange.run();
    }

    public void remove(PartitionId id) {
        replicas.remove(id);
        onChange.run();
    }
}
