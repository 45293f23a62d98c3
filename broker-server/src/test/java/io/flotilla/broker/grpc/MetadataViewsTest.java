package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.BrokerCommand;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.TopicCommand;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.v1.BrokerEndpoint;
import io.flotilla.v1.ClusterMetadata;
import io.flotilla.v1.PartitionMetadata;
import io.flotilla.v1.TopicMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataViewsTest {
    private final TestBroker broker = new TestBroker();
    private final MetadataViews views = new MetadataViews(broker.routing(), () -> 2);

    private TopicMetadata orders() {
        return views.topic(broker.image(), broker.orders());
    }

    @Test
    void showsBrokersThatAreUp() {
        broker.image(TestImages.applied(
                broker.image(),
                new BrokerCommand.FenceBroker(3, TestImages.broker(3, "").incarnation())));

        ClusterMetadata cluster = views.cluster(broker.image());

        assertThat(cluster.getClusterId()).isEqualTo("test-cluster");
        assertThat(cluster.getControllerId()).isEqualTo(2);
        assertThat(cluster.getBrokersList())
                .extracting(BrokerEndpoint::getBrokerId)
                .containsExactly(1, 2);
    }

    @Test
    void showsWhoLeadsEachPartition() {
        broker.leads(TestBroker.FIRST, 3);
        broker.ledBy(2, TestBroker.SECOND, 4);

        assertThat(orders().getPartitionsList())
                .containsExactly(
                        PartitionMetadata.newBuilder()
                                .setPartition(0)
                                .setLeaderId(1)
                                .setLeaderEpoch(3)
                                .addAllReplicaIds(List.of(1, 2, 3))
                                .build(),
                        PartitionMetadata.newBuilder()
                                .setPartition(1)
                                .setLeaderId(2)
                                .setLeaderEpoch(4)
                                .addAllReplicaIds(List.of(2, 3, 1))
                                .build());
    }

    @Test
    void aPartitionWithoutALeaderSaysSo() {
        PartitionMetadata partition = orders().getPartitions(0);

        assertThat(partition.getLeaderId()).isEqualTo(-1);
        assertThat(partition.getLeaderEpoch()).isEqualTo(-1);
    }

    @Test
    void tellsProducersHowLargeABatchMayBe() {
        broker.image(TestImages.applied(
                broker.image(),
                new TopicCommand.UpdateTopicConfigs(
                        TestImages.topicId(1), ConfigChange.set(Map.of("max.message.bytes", "5000")))));

        assertThat(orders().getMaxBatchBytes()).isEqualTo(5000);
        assertThat(MetadataViews.description(broker.orders()).getConfigsMap())
                .containsExactly(Map.entry("max.message.bytes", "5000"));
    }

    @Test
    void describesATopicByWhatWasAskedFor() {
        var description = MetadataViews.description(broker.orders());

        assertThat(description.getName()).isEqualTo("orders");
        assertThat(description.getTopicId().toByteArray())
                .isEqualTo(TestImages.topicId(1).toBytes());
        assertThat(description.getPartitionCount()).isEqualTo(2);
        assertThat(description.getReplicationFactor()).isEqualTo(3);
        assertThat(description.getInternal()).isFalse();
    }
}
