package io.flotilla.broker.grpc;

import io.flotilla.broker.control.NodeReports;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.v1.GetClusterHealthResponse;
import io.flotilla.v1.GetClusterHealthResponse.Reason;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** What is wrong with the cluster, as this broker sees it, and what to do about it. */
final class HealthReport {
    private static final int ITEMS = 20;

    private final Routing routing;
    private final PartitionTable table;
    private final NodeReports reports;
    private final PeerMonitor monitor;
    private final Supplier<Leadership> metadata;

    HealthReport(
            Routing routing,
            PartitionTable table,
            NodeReports reports,
            PeerMonitor monitor,
            Supplier<Leadership> metadata) {
        this.routing = routing;
        this.table = table;
        this.reports = reports;
        this.monitor = monitor;
        this.metadata = metadata;
    }

    GetClusterHealthResponse make() {
        MetadataImage image = routing.imageSoFar();
        Findings findings = new Findings();
        List<String> offline = image.brokers().all().stream()
                .filter(broker -> isDown(broker.id()) || broker.state() == RegisteredBroker.State.FENCED)
                .map(broker -> Integer.toString(broker.id()))
                .toList();
        List<String> full = image.brokers().all().stream()
                .filter(broker -> reports.storageFull(broker.id()))
                .map(broker -> Integer.toString(broker.id()))
                .toList();
        List<String> leaderless = new ArrayList<>();
        List<String> underReplicated = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        int partitions = 0;
        for (Topic topic : image.topics().all()) {
            for (int partition = 0; partition < topic.partitions().size(); partition++) {
                partitions++;
                PartitionId id = new PartitionId(topic.id(), partition);
                String name = topic.name() + "/" + partition;
                if (routing.leader(id).isEmpty()) {
                    leaderless.add(name);
                }
                List<Integer> replicas = topic.partitions().get(partition).replicas();
                List<Integer> troubled =
                        replicas.stream().filter(b -> isTroubled(id, b)).toList();
                troubled.forEach(broker -> failed.add("%s on broker %d".formatted(name, broker)));
                if (replicas.stream().anyMatch(b -> isDown(b) || troubled.contains(b))) {
                    underReplicated.add(name);
                }
            }
        }
        if (metadata.get().leaderId() == Leadership.NO_LEADER || !image.hasCluster()) {
            findings.add(
                    "metadata_quorum",
                    "the metadata group has no leader; topics and brokers cannot change",
                    List.of("metadata"),
                    "start enough of the brokers that vote on metadata: flotilla broker list");
        }
        findings.add(
                "leaderless_partitions",
                "partitions have no leader and cannot be used",
                leaderless,
                "flotilla partition list --unhealthy");
        findings.add(
                "brokers_offline",
                "brokers do not answer",
                offline,
                "start them, or look at their logs: flotilla broker list");
        findings.add(
                "failed_replicas",
                "replicas are out of service",
                failed,
                "flotilla partition describe TOPIC/PARTITION says why; restart the broker when its disk is well");
        findings.add(
                "under_replicated_partitions",
                "partitions have fewer working replicas than they should",
                underReplicated,
                "flotilla partition list --unhealthy");
        findings.add(
                "storage_full",
                "brokers refuse writes because their disks are nearly full",
                full,
                "free disk space on them");
        return findings.response(
                image.brokers().all().size(), image.brokers().all().size() - offline.size(), partitions);
    }

    private boolean isDown(int broker) {
        return broker != routing.nodeId() && monitor.down(broker);
    }

    private boolean isTroubled(PartitionId id, int broker) {
        if (broker == routing.nodeId()) {
            return table.find(id)
                    .map(replica -> replica.state().kind())
                    .filter(kind -> kind != ReplicaState.Kind.SERVING && kind != ReplicaState.Kind.OPENING)
                    .isPresent();
        }
        return reports.trouble(broker, id)
                .filter(trouble -> !trouble.getState().equals(ReplicaState.Kind.OPENING.name()))
                .isPresent();
    }

    /** Reasons and next steps, worst first. */
    private static final class Findings {
        private final List<Reason> reasons = new ArrayList<>();
        private final Set<String> nextSteps = new LinkedHashSet<>();

        void add(String code, String summary, List<String> items, String nextStep) {
            if (!items.isEmpty()) {
                reasons.add(Reason.newBuilder()
                        .setCode(code)
                        .setSummary(summary)
                        .setCount(items.size())
                        .addAllItems(items.subList(0, Math.min(ITEMS, items.size())))
                        .build());
                nextSteps.add(nextStep);
            }
        }

        GetClusterHealthResponse response(int brokers, int online, int partitions) {
            return GetClusterHealthResponse.newBuilder()
                    .setHealthy(reasons.isEmpty())
                    .addAllReasons(reasons)
                    .addAllNextSteps(nextSteps)
                    .setBrokerCount(brokers)
                    .setOnlineBrokerCount(online)
                    .setPartitionCount(partitions)
                    .build();
        }
    }
}
