package io.flotilla.broker.control;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.broker.v1.ReportAck;
import io.flotilla.metadata.PartitionId;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerMonitor;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What each broker last said of the partitions it leads and the replicas it has trouble with, and how it is said: a
 * broker sends its whole report to each other broker that does not have it yet. Nothing of this is stored; a broker that
 * restarts hears it all again within a second.
 *
 * <p>Owner: reports of others are replaced as they arrive; sending runs on the control loop. Any thread reads.
 */
public final class NodeReports {
    private static final String METHOD = "report";
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private final int nodeId;
    private final PeerCalls calls;
    private final PeerMonitor monitor;
    private final Supplier<NodeReport> ownReport;
    private final Runnable onChange;
    private final Map<Integer, Heard> heard = new ConcurrentHashMap<>();
    private final Map<Integer, Long> acknowledged = new ConcurrentHashMap<>();
    private volatile NodeReport own = NodeReport.getDefaultInstance();

    /** A report, and its leads by partition. */
    private record Heard(
            NodeReport report, Map<PartitionId, Long> leads, Map<PartitionId, NodeReport.Trouble> troubles) {}

    /** Who leads a partition, as far as known. */
    public record Lead(int brokerId, long term) {}

    /**
     * Reports of nobody yet.
     *
     * @param ownReport makes this broker's report; its version is filled in here
     * @param onChange told that another broker's report arrived; quick
     */
    public NodeReports(
            int nodeId, PeerCalls calls, PeerMonitor monitor, Supplier<NodeReport> ownReport, Runnable onChange) {
        this.nodeId = nodeId;
        this.calls = calls;
        this.monitor = monitor;
        this.ownReport = ownReport;
        this.onChange = onChange;
        calls.handle(METHOD, this::hear);
    }

    /** Makes a new report if anything changed, and sends it to those who do not have it. On the control loop. */
    public void exchange(List<Peer> others) {
        NodeReport now =
                ownReport.get().toBuilder().setVersion(own.getVersion()).build();
        if (!now.equals(own)) {
            own = now.toBuilder().setVersion(own.getVersion() + 1).build();
        }
        for (Peer peer : others) {
            if (monitor.alive(peer.nodeId()) && acknowledged.getOrDefault(peer.nodeId(), -1L) != own.getVersion()) {
                send(peer, own);
            }
        }
    }

    private void send(Peer peer, NodeReport report) {
        acknowledged.put(peer.nodeId(), report.getVersion()); // until it turns out otherwise
        var unused = calls.call(peer, METHOD, report.toByteArray(), ANSWER_WITHIN)
                .thenApply(NodeReports::acknowledgedVersion)
                .whenComplete((version, error) -> {
                    if (error != null || version != report.getVersion()) {
                        acknowledged.remove(peer.nodeId(), report.getVersion());
                    }
                });
    }

    private static long acknowledgedVersion(byte[] bytes) {
        try {
            return ReportAck.parseFrom(bytes).getVersion();
        } catch (InvalidProtocolBufferException e) {
            return -1;
        }
    }

    /** A broker that went down forgets what it was told. */
    public void peerChanged(int id) {
        acknowledged.remove(id);
    }

    private CompletableFuture<byte[]> hear(byte[] bytes) {
        NodeReport report;
        try {
            report = NodeReport.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
        Heard now = heard.compute(report.getNodeId(), (id, before) -> newer(before, report));
        onChange.run();
        return CompletableFuture.completedFuture(ReportAck.newBuilder()
                .setVersion(now.report().getVersion())
                .build()
                .toByteArray());
    }

    private static Heard newer(@Nullable Heard before, NodeReport report) {
        if (before != null
                && before.report().getIncarnation().equals(report.getIncarnation())
                && before.report().getVersion() > report.getVersion()) {
            return before;
        }
        Map<PartitionId, Long> leads = new HashMap<>();
        report.getLeadsList().forEach(lead -> leads.put(partition(lead.getGroup()), lead.getTerm()));
        Map<PartitionId, NodeReport.Trouble> troubles = new HashMap<>();
        report.getTroublesList().forEach(trouble -> troubles.put(partition(trouble.getGroup()), trouble));
        return new Heard(report, Map.copyOf(leads), Map.copyOf(troubles));
    }

    /** Which other broker says that it leads the partition, in the latest term; one that is down says nothing. */
    public Optional<Lead> leaderElsewhere(PartitionId id) {
        Lead latest = null;
        for (Map.Entry<Integer, Heard> entry : heard.entrySet()) {
            Long term = entry.getValue().leads().get(id);
            if (term != null
                    && entry.getKey() != nodeId
                    && !monitor.down(entry.getKey())
                    && (latest == null || term > latest.term())) {
                latest = new Lead(entry.getKey(), term);
            }
        }
        return Optional.ofNullable(latest);
    }

    /** What is wrong with the replica on that broker, as the broker says. */
    public Optional<NodeReport.Trouble> trouble(int brokerId, PartitionId id) {
        return Optional.ofNullable(heard.get(brokerId)).map(h -> h.troubles().get(id));
    }

    /** Partitions the broker says it leads. */
    public int leadCount(int brokerId) {
        return report(brokerId).map(NodeReport::getLeadsCount).orElse(0);
    }

    /** Whether the broker says its disk is nearly full. */
    public boolean storageFull(int brokerId) {
        return report(brokerId).filter(NodeReport::getStorageFull).isPresent();
    }

    /** Whether the broker says it is shutting down. */
    public boolean draining(int brokerId) {
        return report(brokerId).filter(NodeReport::getDraining).isPresent();
    }

    /** Whether the broker, as far as it says, would write what it is sent if it led: its disk has room and it stays. */
    public boolean takesWrites(int brokerId) {
        return !storageFull(brokerId) && !draining(brokerId);
    }

    private Optional<NodeReport> report(int brokerId) {
        return brokerId == nodeId
                ? Optional.of(own)
                : Optional.ofNullable(heard.get(brokerId)).map(Heard::report);
    }

    private static PartitionId partition(ByteString group) {
        return PartitionId.of(GroupBytes.decode(group));
    }
}
