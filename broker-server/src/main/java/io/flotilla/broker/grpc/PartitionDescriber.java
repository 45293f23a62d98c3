package io.flotilla.broker.grpc;

import io.flotilla.broker.control.NodeReports;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.error.FlotillaException;
import io.flotilla.log.LogException;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.v1.AdminServiceGrpc;
import io.flotilla.v1.DescribePartitionRequest;
import io.flotilla.v1.DescribePartitionResponse;
import io.flotilla.v1.LeaderHint;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.Replica;
import io.flotilla.v1.PartitionDescription.State;
import io.flotilla.v1.TopicPartition;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Describes a partition: its leader says where the log stands, and every broker knows which replicas have trouble. */
final class PartitionDescriber {
    private static final int TIMEOUT_MS = 5_000;

    private final Routing routing;
    private final PartitionTable table;
    private final NodeReports reports;
    private final PeerMonitor monitor;
    private final BrokerChannels channels;

    PartitionDescriber(
            Routing routing, PartitionTable table, NodeReports reports, PeerMonitor monitor, BrokerChannels channels) {
        this.routing = routing;
        this.table = table;
        this.reports = reports;
        this.monitor = monitor;
        this.channels = channels;
    }

    /** Does not fail: without a leader the description says so. */
    CompletableFuture<PartitionDescription> describe(Topic topic, PartitionId id, boolean mayForward) {
        Optional<Partition> here = routing.ledHere(id);
        if (here.isPresent()) {
            return CompletableFuture.completedFuture(led(topic, here.get()));
        }
        Optional<LeaderHint> leader = mayForward ? routing.leaderElsewhere(id) : Optional.empty();
        if (leader.isEmpty()) {
            return CompletableFuture.completedFuture(unled(topic, id, routing.notLeader(id)));
        }
        DescribePartitionRequest request = DescribePartitionRequest.newBuilder()
                .setPartition(TopicPartition.newBuilder().setTopic(topic.name()).setPartition(id.partition()))
                .build();
        return OffsetLookup.future(AdminServiceGrpc.newFutureStub(
                                channels.to(leader.get().getEndpoint(), BrokerChannels.Use.CALLS))
                        .withDeadlineAfter(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                        .describePartition(request))
                .thenApply(DescribePartitionResponse::getPartition)
                .exceptionally(error -> unled(topic, id, Errors.of(error)));
    }

    private PartitionDescription led(Topic topic, Partition partition) {
        PartitionDescription.Builder description = PartitionDescription.newBuilder()
                .setPartition(partition.id().partition())
                .setLeaderId(routing.nodeId())
                .setLeaderEpoch((int) partition.leadership().term())
                .setLogStartOffset(partition.logStart())
                .setLogEndOffset(partition.logEnd())
                .setSizeBytes(partition.sizeBytes());
        try {
            description.setHighWatermark(partition.highWatermark());
        } catch (LogException e) {
            description.setError(Errors.of(e).toError());
        }
        Optional<GroupStatus> status = partition.status();
        for (int broker : replicas(topic, partition.id())) {
            Replica.Builder replica = replica(partition.id(), broker, routing.nodeId());
            status.ifPresent(group -> progress(replica, broker, group));
            description.addReplicas(replica);
        }
        return description.build();
    }

    private void progress(Replica.Builder replica, int broker, GroupStatus group) {
        long last = group.last().index();
        long match = broker == routing.nodeId()
                ? group.flushedIndex()
                : group.matchIndexes().getOrDefault(broker, -1L);
        replica.setMatchIndex(match).setLagEntries(Math.max(0, last - match));
        if (replica.getState() == State.STATE_REBUILDING) {
            replica.setRebuildPercent(last <= 0 ? 100 : (int) (100 * Math.max(0, match) / last));
        }
    }

    private PartitionDescription unled(Topic topic, PartitionId id, FlotillaException why) {
        PartitionDescription.Builder description = PartitionDescription.newBuilder()
                .setPartition(id.partition())
                .setLeaderId(-1)
                .setLeaderEpoch(-1)
                .setError(why.toError());
        replicas(topic, id).forEach(broker -> description.addReplicas(replica(id, broker, -1)));
        return description.build();
    }

    private static List<Integer> replicas(Topic topic, PartitionId id) {
        return topic.partitions().get(id.partition()).replicas();
    }

    private Replica.Builder replica(PartitionId id, int broker, int leader) {
        Replica.Builder replica = Replica.newBuilder().setBrokerId(broker);
        if (broker == leader) {
            return replica.setState(State.STATE_LEADER);
        }
        ReplicaState state = state(id, broker);
        return replica.setState(state(broker, state)).setReason(state.reason());
    }

    private ReplicaState state(PartitionId id, int broker) {
        if (broker == routing.nodeId()) {
            return table.find(id).map(PartitionTable.Replica::state).orElse(ReplicaState.OPENING);
        }
        return reports.trouble(broker, id).map(PartitionDescriber::state).orElse(ReplicaState.SERVING);
    }

    private static ReplicaState state(NodeReport.Trouble trouble) {
        return new ReplicaState(ReplicaState.Kind.valueOf(trouble.getState()), trouble.getReason());
    }

    private State state(int broker, ReplicaState state) {
        if (broker != routing.nodeId() && monitor.down(broker)) {
            return State.STATE_OFFLINE;
        }
        return switch (state.kind()) {
            case OPENING, SERVING -> State.STATE_FOLLOWER;
            case FAILED -> State.STATE_FAILED;
            case QUARANTINED -> State.STATE_QUARANTINED;
            case REBUILDING -> State.STATE_REBUILDING;
        };
    }
}
