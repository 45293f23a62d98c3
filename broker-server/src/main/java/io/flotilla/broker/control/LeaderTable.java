package io.flotilla.broker.control;

import io.flotilla.broker.control.NodeReports.Lead;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.metadata.PartitionId;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PeerMonitor;
import java.util.Optional;

/**
 * Who leads which partition, as far as this broker knows: from its own replica if it has one, else from what the others
 * report. Safe for use by any thread.
 */
public final class LeaderTable {
    private final int nodeId;
    private final PartitionTable table;
    private final NodeReports reports;
    private final PeerMonitor monitor;

    public LeaderTable(int nodeId, PartitionTable table, NodeReports reports, PeerMonitor monitor) {
        this.nodeId = nodeId;
        this.table = table;
        this.reports = reports;
        this.monitor = monitor;
    }

    /** The leader of the latest term that is known, unless it is known to be down. */
    public Optional<Lead> leaderOf(PartitionId id) {
        Optional<Lead> here = table.serving(id).map(Partition::leadership).flatMap(this::known);
        Optional<Lead> elsewhere = reports.leaderElsewhere(id);
        if (here.isEmpty() || elsewhere.isEmpty()) {
            return here.or(() -> elsewhere);
        }
        return elsewhere.get().term() > here.get().term() ? elsewhere : here;
    }

    private Optional<Lead> known(Leadership leadership) {
        int leader = leadership.leaderId();
        boolean usable =
                leader == nodeId ? leadership.leads() : leader != Leadership.NO_LEADER && !monitor.down(leader);
        return usable ? Optional.of(new Lead(leader, leadership.term())) : Optional.empty();
    }
}
