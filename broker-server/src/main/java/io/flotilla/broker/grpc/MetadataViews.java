package io.flotilla.broker.grpc;

import com.google.protobuf.ByteString;
import io.flotilla.broker.control.NodeReports.Lead;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.ClusterMetadata;
import io.flotilla.v1.PartitionMetadata;
import io.flotilla.v1.TopicMetadata;
import java.util.Optional;
import java.util.function.IntSupplier;

/** The metadata as clients see it. */
final class MetadataViews {
    private final Routing routing;
    private final IntSupplier metadataLeader;

    /** @param metadataLeader id of the broker that leads the metadata group, or -1 */
    MetadataViews(Routing routing, IntSupplier metadataLeader) {
        this.routing = routing;
        this.metadataLeader = metadataLeader;
    }

    ClusterMetadata cluster(MetadataImage image) {
        ClusterMetadata.Builder cluster =
                ClusterMetadata.newBuilder().setClusterId(image.clusterId()).setControllerId(metadataLeader.getAsInt());
        image.brokers().all().stream()
                .filter(broker -> broker.live())
                .forEach(broker -> cluster.addBrokers(Routing.endpoint(broker)));
        return cluster.build();
    }

    TopicMetadata topic(MetadataImage image, Topic topic) {
        TopicMetadata.Builder view = TopicMetadata.newBuilder()
                .setTopic(topic.name())
                .setTopicId(id(topic))
                .setInternal(topic.internal())
                .setMaxBatchBytes(image.configOf(topic).maxMessageBytes());
        for (int partition = 0; partition < topic.partitions().size(); partition++) {
            Optional<Lead> lead = routing.leader(new PartitionId(topic.id(), partition));
            view.addPartitions(PartitionMetadata.newBuilder()
                    .setPartition(partition)
                    .setLeaderId(lead.map(Lead::brokerId).orElse(-1))
                    .setLeaderEpoch(lead.map(l -> (int) l.term()).orElse(-1))
                    .addAllReplicaIds(topic.partitions().get(partition).replicas()));
        }
        return view.build();
    }

    static ByteString id(Topic topic) {
        return ByteString.copyFrom(topic.id().toBytes());
    }

    static io.flotilla.v1.Topic description(Topic topic) {
        return io.flotilla.v1.Topic.newBuilder()
                .setName(topic.name())
                .setTopicId(id(topic))
                .setPartitionCount(topic.partitions().size())
                .setReplicationFactor(topic.replicationFactor())
                .putAllConfigs(topic.configs().entries())
                .setCreateTimeMs(topic.createdAtMs())
                .setInternal(topic.internal())
                .build();
    }
}
