package io.flotilla.broker.control;

import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.raft.RaftGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up everything this broker leads before it stops, to members that are up: to those that take writes rather than to
 * those that do not, and among them to who has most of the log.
 */
public final class Handover {
    private static final Logger log = LoggerFactory.getLogger(Handover.class);
    private static final Duration TRANSFER_TIMEOUT = Duration.ofSeconds(3);

    private final PartitionTable table;
    private final PeerMonitor monitor;
    private final NodeReports reports;

    public Handover(PartitionTable table, PeerMonitor monitor, NodeReports reports) {
        this.table = table;
        this.monitor = monitor;
        this.reports = reports;
    }

    /** Completes when all is handed over or {@code timeout} has passed; does not fail. */
    public CompletableFuture<Void> all(Optional<RaftGroup> metadata, Duration timeout) {
        List<CompletableFuture<?>> moves = new ArrayList<>();
        for (PartitionTable.Replica replica : table.all()) {
            replica.serving()
                    .filter(partition -> partition.leadership().leads())
                    .ifPresent(partition -> successor(partition.status(), partition.voters())
                            .ifPresent(to -> moves.add(move(partition, replica.name(), to))));
        }
        metadata.filter(group -> group.leadership().leads())
                .ifPresent(group -> successor(
                                Optional.of(group.status()), group.members().voters())
                        .ifPresent(to -> moves.add(group.transferLeadership(to, TRANSFER_TIMEOUT))));
        log.info("handing over leadership groups={}", moves.size());
        return CompletableFuture.allOf(moves.toArray(CompletableFuture[]::new))
                .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionally(error -> {
                    log.warn(
                            "not all leadership was handed over; the others will notice by themselves why={}",
                            error.getMessage());
                    return null;
                });
    }

    private static CompletableFuture<Void> move(Partition partition, String name, int to) {
        return partition.transferLeadership(to, TRANSFER_TIMEOUT).whenComplete((done, error) -> {
            if (error != null) {
                log.info("leadership was not handed over partition={} why={}", name, error.getMessage());
            }
        });
    }

    private Optional<Integer> successor(Optional<GroupStatus> status, List<Peer> voters) {
        return status.flatMap(group -> group.matchIndexes().entrySet().stream()
                .filter(entry -> voters.stream().anyMatch(voter -> voter.nodeId() == entry.getKey()))
                .filter(entry -> monitor.alive(entry.getKey()))
                .max(Comparator.comparing((Map.Entry<Integer, Long> entry) -> reports.takesWrites(entry.getKey()))
                        .thenComparing(Map.Entry.comparingByValue()))
                .map(Map.Entry::getKey));
    }
}
