package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerCommand.RemoveBroker;
import io.flotilla.metadata.ClusterCommand.UpdateTopicDefaults;
import io.flotilla.metadata.Differences.Change;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.TopicCommand.UpdateTopicConfigs;
import io.flotilla.metadata.config.ConfigChange;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetadataDeltaTest {
    private static final MetadataImage BEFORE = TestImages.applied(
            TestImages.withBrokers(3),
            TestImages.topic(1, "stays", PartitionAssignment.on(1)),
            TestImages.topic(2, "goes", PartitionAssignment.on(1)),
            TestImages.topic(3, "changes", PartitionAssignment.on(1)),
            TestImages.topic(4, "again", PartitionAssignment.on(1)));

    @Test
    void namesEveryTopicThatWasRemovedAddedOrChanged() {
        MetadataImage after = TestImages.applied(
                BEFORE,
                new DeleteTopic(TestImages.topicId(2)),
                new UpdateTopicConfigs(TestImages.topicId(3), ConfigChange.set(Map.of("segment.ms", "60000"))),
                new DeleteTopic(TestImages.topicId(4)),
                TestImages.topic(5, "again", PartitionAssignment.on(2)),
                TestImages.topic(6, "comes", PartitionAssignment.on(3)));

        Differences<Topic> topics = MetadataDelta.between(BEFORE, after).topics();

        assertThat(topics.removed()).containsExactly(topic(BEFORE, 4), topic(BEFORE, 2));
        assertThat(topics.added()).containsExactly(topic(after, 5), topic(after, 6));
        assertThat(topics.changed()).containsExactly(new Change<>(topic(BEFORE, 3), topic(after, 3)));
    }

    private static Topic topic(MetadataImage image, int number) {
        return image.topics().find(TestImages.topicId(number)).orElseThrow();
    }

    @Test
    void namesEveryBrokerThatWasRemovedAddedOrChanged() {
        MetadataImage after = TestImages.applied(
                BEFORE,
                new DrainBroker(2),
                new DrainBroker(3),
                new RemoveBroker(3),
                new RegisterBroker(TestImages.broker(4, "a")));

        Differences<RegisteredBroker> brokers =
                MetadataDelta.between(BEFORE, after).brokers();

        assertThat(brokers.removed()).containsExactly(broker(BEFORE, 3));
        assertThat(brokers.added()).containsExactly(broker(after, 4));
        assertThat(brokers.changed()).containsExactly(new Change<>(broker(BEFORE, 2), broker(after, 2)));
    }

    private static RegisteredBroker broker(MetadataImage image, int id) {
        return image.brokers().find(id).orElseThrow();
    }

    @Test
    void noticesNewDefaultsAndANewCluster() {
        MetadataImage after =
                TestImages.applied(BEFORE, new UpdateTopicDefaults(ConfigChange.set(Map.of("segment.ms", "60000"))));

        assertThat(MetadataDelta.between(BEFORE, after).topicDefaultsChanged()).isTrue();
        assertThat(MetadataDelta.between(BEFORE, after).clusterChanged()).isFalse();
        assertThat(MetadataDelta.between(MetadataImage.EMPTY, BEFORE).clusterChanged())
                .isTrue();
        assertThat(MetadataDelta.between(BEFORE, BEFORE.withCluster(BEFORE.clusterId(), 2))
                        .clusterChanged())
                .isTrue();
    }

    @Test
    void isEmptyBetweenEqualImagesThatShareNothing() {
        MetadataImage copy = MetadataCodec.decodeImage(MetadataCodec.encode(BEFORE));

        MetadataDelta delta = MetadataDelta.between(BEFORE, copy);

        assertThat(delta.topics().isEmpty()).isTrue();
        assertThat(delta.brokers().isEmpty()).isTrue();
        assertThat(delta.topicDefaultsChanged()).isFalse();
        assertThat(delta.clusterChanged()).isFalse();
    }

    @Test
    void namesEverythingWhenThereWasNothingBefore() {
        MetadataDelta delta = MetadataDelta.between(MetadataImage.EMPTY, BEFORE);

        assertThat(delta.topics().added())
                .containsExactlyElementsOf(BEFORE.topics().all());
        assertThat(delta.brokers().added())
                .containsExactlyElementsOf(BEFORE.brokers().all());
    }
}
