package io.flotilla.broker.control;

import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerMonitor;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands leadership back to the preferred replica of each partition once that is up, takes writes and has caught up, so that
 * load stays spread after failures and restarts; and to others while there is no room on the disk here. A few partitions at a time; writes to a partition wait while it moves.
 */
public final class LeaderBalance {
    private static final Logger log = LoggerFactory.getLogger(LeaderBalance.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final int AT_ONCE = 4;
    private static final long CLOSE_ENOUGH = 100; // entries

    private final int nodeId;
    private final PartitionTable table;
    private final PeerMonitor monitor;
    private final NodeReports reports;
    private final Supplier<MetadataImage> image;
    private final Set<PartitionId> moving = ConcurrentHashMap.newKeySet();

    public LeaderBalance(
            int nodeId, PartitionTable table, PeerMonitor monitor, NodeReports reports, Supplier<MetadataImage> image) {
        this.nodeId = nodeId;
        this.table = table;
        this.monitor = monitor;
        this.reports = reports;
        this.image = image;
    }

    /** Starts to move what should be led elsewhere; returns at once. On the control loop. */
    public void run() {
        for (PartitionTable.Replica replica : table.all()) {
            replica.serving()
                    .filter(partition -> partition.leadership().leads())
                    .ifPresent(partition -> target(partition)
                            .filter(elsewhere -> hasCaughtUp(partition, elsewhere))
                            .ifPresent(elsewhere -> move(partition, replica.name(), elsewhere)));
        }
    }

    /** Where it should be led: by the preferred replica, or by anyone with room on the disk if there is none here. */
    private Optional<Integer> target(Partition partition) {
        Optional<Integer> preferred = preferredElsewhere(partition);
        return preferred.isPresent() || !reports.storageFull(nodeId)
                ? preferred
                : partition.voters().stream()
                        .map(Peer::nodeId)
                        .filter(id -> id != nodeId && monitor.alive(id) && reports.takesWrites(id))
                        .findFirst();
    }

    private Optional<Integer> preferredElsewhere(Partition partition) {
        MetadataImage now = image.get();
        return now.topics()
                .find(partition.id().topic())
                .map(Topic::partitions)
                .map(partitions -> partitions.get(partition.id().partition()).preferredLeader())
                .filter(preferred -> preferred != nodeId && monitor.alive(preferred) && reports.takesWrites(preferred))
                .filter(preferred -> now.brokers()
                        .find(preferred)
                        .filter(broker -> broker.state() == RegisteredBroker.State.ACTIVE)
                        .isPresent());
    }

    private static boolean hasCaughtUp(Partition partition, int broker) {
        return partition
                .status()
                .filter(status -> isCloseToTheEnd(status, status.matchIndexes().get(broker)))
                .isPresent();
    }

    private static boolean isCloseToTheEnd(GroupStatus status, @Nullable Long matchIndex) {
        return matchIndex != null && matchIndex + CLOSE_ENOUGH >= status.last().index();
    }

    private void move(Partition partition, String name, int to) {
        if (moving.size() < AT_ONCE && moving.add(partition.id())) {
            log.info("handing leadership over partition={} to={}", name, to);
            var unused = partition.transferLeadership(to, TIMEOUT).whenComplete((done, error) -> {
                moving.remove(partition.id());
                if (error != null) {
                    log.info(
                            "leadership was not handed over, trying again later partition={} why={}",
                            name,
                            error.getMessage());
                }
            });
        }
    }
}
