package io.flotilla.broker.group;

import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.Leadership;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the coordinator in line with who leads the partitions of the {@link OffsetsTopic}: whoever leads one coordinates
 * its groups. Owner: the broker's control loop.
 */
public final class Coordinators {
    private final PartitionTable table;
    private final GroupCoordinator coordinator;
    private final Map<Integer, Term> led = new HashMap<>();
    private MetadataImage told = MetadataImage.EMPTY;

    /** A leadership of one replica; that of the same replica, opened again, is another one. */
    private record Term(Partition partition, long term) {}

    public Coordinators(PartitionTable table, GroupCoordinator coordinator) {
        this.table = table;
        this.coordinator = coordinator;
    }

    /** To be called after every change of topics or leaders, and now and then. */
    public void follow(MetadataImage image) {
        if (image.version() != told.version()) {
            coordinator.metadataChanged(image);
            told = image;
        }
        Optional<Topic> offsets = image.topics().find(OffsetsTopic.NAME);
        int partitions = offsets.map(topic -> topic.partitions().size()).orElse(0);
        for (int number = 0; number < partitions; number++) {
            follow(number, new PartitionId(offsets.orElseThrow().id(), number));
        }
    }

    private void follow(int number, PartitionId id) {
        Term now = table.serving(id).flatMap(Coordinators::termOf).orElse(null);
        Term before = led.get(number);
        if (now == null && before != null) {
            led.remove(number);
            coordinator.resigned(number);
        } else if (now != null && !now.equals(before)) {
            led.put(number, now);
            coordinator.elected(number, now.partition(), now.term());
        }
    }

    private static Optional<Term> termOf(Partition partition) {
        Leadership leadership = partition.leadership();
        return leadership.leads() ? Optional.of(new Term(partition, leadership.term())) : Optional.empty();
    }
}
