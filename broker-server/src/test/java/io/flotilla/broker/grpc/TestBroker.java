package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.FakePeers;
import io.flotilla.broker.control.LeaderTable;
import io.flotilla.broker.control.LocalGroup;
import io.flotilla.broker.control.NodeReports;
import io.flotilla.broker.control.TestReplicas;
import io.flotilla.broker.partition.AppendOutcome;
import io.flotilla.broker.partition.NewBatch;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.Topic;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.record.BatchBuilder;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.Compression;
import io.flotilla.v1.TimestampType;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Broker 1 of three, with a topic {@code orders} of two partitions, as far as calls need it. */
final class TestBroker {
    static final PartitionId FIRST = new PartitionId(TestImages.topicId(1), 0);
    static final PartitionId SECOND = new PartitionId(TestImages.topicId(1), 1);

    private final FakePeers nodes = new FakePeers();
    private final PeerMonitor monitor = nodes.monitor(1, 2, 3);
    private final TestReplicas replicas = new TestReplicas();
    private final NodeReports reports =
            new NodeReports(1, nodes.at(1), monitor, NodeReport::getDefaultInstance, () -> {});
    private MetadataImage image = TestImages.applied(
            TestImages.withBrokers(3),
            TestImages.topic(1, "orders", PartitionAssignment.on(1, 2, 3), PartitionAssignment.on(2, 3, 1)));
    private final Routing routing =
            new Routing(1, () -> image, replicas.table(), new LeaderTable(1, replicas.table(), reports, monitor));

    Routing routing() {
        return routing;
    }

    MetadataImage image() {
        return image;
    }

    void image(MetadataImage now) {
        image = now;
    }

    Topic orders() {
        return image.topics().find("orders").orElseThrow();
    }

    TestReplicas replicas() {
        return replicas;
    }

    /** A replica that this broker leads in {@code term}. */
    LocalGroup leads(PartitionId id, long term) {
        return replicas.serve(id).leads(1, term);
    }

    Partition partition(PartitionId id) {
        return replicas.partition(id);
    }

    /** Another broker says that it leads. */
    void ledBy(int broker, PartitionId id, long term) {
        var group = id.groupId().uuid();
        NodeReport report = NodeReport.newBuilder()
                .setNodeId(broker)
                .addLeads(NodeReport.Lead.newBuilder()
                        .setGroup(ByteString.copyFrom(ByteBuffer.allocate(16)
                                .putLong(group.getMostSignificantBits())
                                .putLong(group.getLeastSignificantBits())
                                .flip()))
                        .setTerm(term))
                .build();
        nodes.at(broker)
                .call(FakePeers.peer(1), "report", report.toByteArray(), Duration.ofSeconds(1))
                .join();
    }

    /** A batch of records with these create times and values of {@code valueBytes} each. */
    static byte[] batch(Compression compression, int valueBytes, long... timestampsMs) {
        BatchBuilder builder = new BatchBuilder(compression, 1024);
        for (long timestampMs : timestampsMs) {
            builder.add(NewRecord.of(ByteString.copyFrom(new byte[valueBytes])).withTimestamp(timestampMs));
        }
        return builder.build();
    }

    /** Appends a batch of records with these create times. */
    CompletableFuture<AppendOutcome> append(PartitionId id, long... timestampsMs) {
        byte[] batch = batch(Compression.COMPRESSION_NONE, 100, timestampsMs);
        long latest = timestampsMs[0];
        for (long timestampMs : timestampsMs) {
            latest = Math.max(latest, timestampMs);
        }
        return partition(id)
                .append(new NewBatch(
                        batch,
                        0,
                        batch.length,
                        timestampsMs.length,
                        latest,
                        TimestampType.TIMESTAMP_TYPE_UNSPECIFIED,
                        NewBatch.Conditions.NONE));
    }
}
