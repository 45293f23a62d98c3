package io.flotilla.broker.control;

import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.raft.Leadership;
import java.util.Comparator;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What this broker has to say to the others; equal as long as nothing has changed. */
public final class OwnReport implements Supplier<NodeReport> {
    private final int nodeId;
    private final UUID incarnation;
    private final PartitionTable table;
    private final StorageWatch storage;
    private final BooleanSupplier draining;

    public OwnReport(
            int nodeId, UUID incarnation, PartitionTable table, StorageWatch storage, BooleanSupplier draining) {
        this.nodeId = nodeId;
        this.incarnation = incarnation;
        this.table = table;
        this.storage = storage;
        this.draining = draining;
    }

    @Override
    public NodeReport get() {
        NodeReport.Builder report = NodeReport.newBuilder()
                .setNodeId(nodeId)
                .setIncarnation(GroupBytes.encode(incarnation))
                .setStorageFull(storage.full())
                .setDraining(draining.getAsBoolean());
        table.all().stream()
                .sorted(Comparator.comparing(PartitionTable.Replica::id))
                .forEach(replica -> add(report, replica));
        return report.build();
    }

    private static void add(NodeReport.Builder report, PartitionTable.Replica replica) {
        UUID group = replica.id().groupId().uuid();
        if (replica.state().kind() != ReplicaState.Kind.SERVING) {
            report.addTroubles(NodeReport.Trouble.newBuilder()
                    .setGroup(GroupBytes.encode(group))
                    .setState(replica.state().kind().name())
                    .setReason(replica.state().reason()));
        }
        replica.serving()
                .map(Partition::leadership)
                .filter(Leadership::leads)
                .ifPresent(leadership -> report.addLeads(NodeReport.Lead.newBuilder()
                        .setGroup(GroupBytes.encode(group))
                        .setTerm(leadership.term())));
    }
}
