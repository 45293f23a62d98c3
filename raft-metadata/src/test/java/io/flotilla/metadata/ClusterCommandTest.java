package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.ClusterCommand.AllocateProducerIds;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.ClusterCommand.UpdateTopicDefaults;
import io.flotilla.metadata.MetadataResult.Code;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterCommandTest {
    @Test
    void givesTheClusterItsIdentity() {
        MetadataImage image = TestImages.applied(MetadataImage.EMPTY, new CreateCluster("c1", 1));

        assertThat(MetadataImage.EMPTY.hasCluster()).isFalse();
        assertThat(image.hasCluster()).isTrue();
        assertThat(image.clusterId()).isEqualTo("c1");
        assertThat(image.featureLevel()).isEqualTo(1);
    }

    @Test
    void givesItOnlyOnce() {
        Refused refused = TestImages.refused(TestImages.NEW_CLUSTER, new CreateCluster("c2", 1));

        assertThat(refused).isEqualTo(new Refused(Code.EXISTS, "cluster test-cluster was created before"));
    }

    @Test
    void cannotStandForAClusterOfANewerFeatureLevel() {
        assertThatThrownBy(() -> new CreateCluster("c1", FeatureLevel.LATEST + 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("feature level is 2; this broker knows 1 to 1, upgrade it");
        assertThatThrownBy(() -> new CreateCluster("c1", FeatureLevel.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CreateCluster("", 1)).hasMessage("the cluster id is empty; choose one");
    }

    @Test
    void changesTheDefaultsOfAllTopics() {
        MetadataImage image = TestImages.applied(
                TestImages.withBrokers(1),
                TestImages.topic(1, "orders", PartitionAssignment.on(1)),
                new UpdateTopicDefaults(ConfigChange.set(Map.of("segment.ms", "60000"))));

        Topic orders = image.topics().find("orders").orElseThrow();
        assertThat(image.configOf(orders).segmentMs()).isEqualTo(60_000);
        assertThat(orders.configs()).isEqualTo(Configs.NONE);
    }

    @Test
    void refusesDefaultsThatAreNotAllowed() {
        Refused refused = TestImages.refused(
                TestImages.NEW_CLUSTER, new UpdateTopicDefaults(ConfigChange.set(Map.of("segment.ms", "0"))));

        assertThat(refused.code()).isEqualTo(Code.INVALID_CONFIG);
    }

    @Test
    void refusesDefaultsBeforeThereIsACluster() {
        Refused refused = TestImages.refused(
                MetadataImage.EMPTY, new UpdateTopicDefaults(ConfigChange.set(Map.of("segment.ms", "60000"))));

        assertThat(refused)
                .isEqualTo(new Refused(Code.CONFLICT, "no cluster was created yet; create it before its settings"));
    }

    @Test
    void givesEveryBlockOfProducerIdsToOneOnly() {
        MetadataImage image = TestImages.applied(TestImages.NEW_CLUSTER, new AllocateProducerIds(0, 1000));

        assertThat(image.lastProducerId()).isEqualTo(1000);
        assertThat(TestImages.refused(image, new AllocateProducerIds(0, 1000)))
                .isEqualTo(new Refused(
                        Code.CONFLICT, "producer ids up to 1000 are taken, not up to 0; try again behind them"));
        assertThat(TestImages.applied(image, new AllocateProducerIds(1000, 5)).lastProducerId())
                .isEqualTo(1005);
    }

    @Test
    void refusesProducerIdsBeforeThereIsACluster() {
        assertThat(TestImages.refused(MetadataImage.EMPTY, new AllocateProducerIds(0, 1))
                        .code())
                .isEqualTo(Code.CONFLICT);
    }

    @Test
    void refusesBlocksOfProducerIdsThatMakeNoSense() {
        assertThatThrownBy(() -> new AllocateProducerIds(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AllocateProducerIds(0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new AllocateProducerIds(0, 1_000_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
