package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.LeaderHint;
import java.util.Optional;

/** Opens the source of a partition's batches. */
final class Sources {
    private final Routing routing;
    private final SharedFetches fetches;

    Sources(Routing routing, SharedFetches fetches) {
        this.routing = routing;
        this.fetches = fetches;
    }

    /**
     * @param mayForward whether another broker may be asked
     * @throws io.flotilla.error.FlotillaException if there is no leader, or none that may be asked
     */
    BatchSource open(Topic topic, PartitionId id, boolean mayForward, Serial serial) {
        Optional<Partition> here = routing.ledHere(id);
        if (here.isPresent()) {
            return new LocalSource(here.get(), routing);
        }
        Optional<LeaderHint> leader = mayForward ? routing.leaderElsewhere(id) : Optional.empty();
        return new RemoteSource(
                topic, id.partition(), leader.orElseThrow(() -> routing.notLeader(id)), fetches, serial);
    }
}
