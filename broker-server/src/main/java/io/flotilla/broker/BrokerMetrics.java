package io.flotilla.broker;

import io.flotilla.broker.control.StorageWatch;
import io.flotilla.broker.grpc.GrpcServer;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.PartitionTable.Replica;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.log.LogException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;

/**
 * The meters of the broker as a whole and of its partitions. Those of a partition appear and go with it; {@link #refresh}
 * is called on the control loop.
 */
final class BrokerMetrics {
    private final PartitionTable table;
    private final MultiGauge highWatermark;
    private final MultiGauge logEnd;
    private final MultiGauge logStart;
    private final MultiGauge size;
    private final MultiGauge waiting;

    BrokerMetrics(MeterRegistry registry, PartitionTable table, StorageWatch storage) {
        this.table = table;
        this.highWatermark = perPartition(registry, "high.watermark", "First offset not known to be committed", "");
        this.logEnd = perPartition(registry, "log.end", "First offset not written", "");
        this.logStart = perPartition(registry, "log.start", "First offset in the log", "");
        this.size = perPartition(registry, "size", "Bytes of the log", "bytes");
        this.waiting = perPartition(registry, "append.waiting", "Bytes that wait to be appended", "bytes");
        for (ReplicaState.Kind kind : ReplicaState.Kind.values()) {
            Gauge.builder("flotilla.broker.replicas", table, t -> count(t, kind))
                    .description("Replicas on this broker, by state")
                    .tag("state", kind.name().toLowerCase(java.util.Locale.ROOT))
                    .register(registry);
        }
        Gauge.builder("flotilla.broker.leads", table, BrokerMetrics::leads)
                .description("Partitions this broker leads")
                .register(registry);
        Gauge.builder("flotilla.broker.disk.free", storage, StorageWatch::freeBytes)
                .description("Bytes the data directory's file system still takes")
                .baseUnit("bytes")
                .register(registry);
    }

    void watch(MeterRegistry registry, GrpcServer server) {
        Gauge.builder("flotilla.broker.produce.unanswered", server, GrpcServer::produceBytes)
                .description("Bytes of produce requests that are still needed")
                .baseUnit("bytes")
                .register(registry);
        Gauge.builder("flotilla.broker.streams", server, GrpcServer::openStreams)
                .description("Open Produce, Consume, Subscribe and WatchMetadata calls")
                .register(registry);
    }

    private static MultiGauge perPartition(MeterRegistry registry, String name, String description, String unit) {
        MultiGauge.Builder gauge =
                MultiGauge.builder("flotilla.partition." + name).description(description);
        return unit.isEmpty() ? gauge.register(registry) : gauge.baseUnit(unit).register(registry);
    }

    private static double count(PartitionTable table, ReplicaState.Kind kind) {
        return table.all().stream().filter(r -> r.state().kind() == kind).count();
    }

    private static double leads(PartitionTable table) {
        return table.all().stream()
                .flatMap(r -> r.serving().stream())
                .filter(p -> p.leadership().leads())
                .count();
    }

    void refresh() {
        List<Replica> serving =
                table.all().stream().filter(r -> r.serving().isPresent()).toList();
        rows(highWatermark, serving, BrokerMetrics::highWatermark);
        rows(logEnd, serving, Partition::logEnd);
        rows(logStart, serving, Partition::logStart);
        rows(size, serving, Partition::sizeBytes);
        rows(waiting, serving, Partition::waitingBytes);
    }

    private static double highWatermark(Partition partition) {
        try {
            return partition.highWatermark();
        } catch (LogException e) {
            return Double.NaN;
        }
    }

    private interface Reading {
        double of(Partition partition);
    }

    private static void rows(MultiGauge gauge, List<Replica> replicas, Reading reading) {
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        for (Replica replica : replicas) {
            int slash = replica.name().lastIndexOf('/');
            replica.serving()
                    .ifPresent(partition -> rows.add(MultiGauge.Row.of(
                            Tags.of(
                                    "topic", replica.name().substring(0, slash),
                                    "partition", replica.name().substring(slash + 1)),
                            partition,
                            reading::of)));
        }
        gauge.register(rows, true);
    }
}
