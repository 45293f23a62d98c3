package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.config.Configs;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetadataImageTest {
    @Test
    void movesForwardThroughTheRaftLogOnly() {
        MetadataImage image = TestImages.NEW_CLUSTER.at(7);

        assertThat(image.at(7)).isEqualTo(image);
        assertThat(image.at(8).version()).isEqualTo(8);
        assertThatThrownBy(() -> image.at(6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the image is of raft index 7 and cannot go back to 6");
    }

    @Test
    void keepsItsCollectionsToItself() {
        MetadataImage image =
                TestImages.applied(TestImages.withBrokers(1), TestImages.topic(1, "orders", PartitionAssignment.on(1)));

        assertThatThrownBy(() -> image.brokers().all().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> image.topics().all().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void listsTopicsByNameAndBrokersById() {
        MetadataImage image = TestImages.applied(
                TestImages.withBrokers(12),
                TestImages.topic(1, "b", PartitionAssignment.on(1)),
                TestImages.topic(2, "a", PartitionAssignment.on(1)));

        assertThat(image.topics().all()).extracting(Topic::name).containsExactly("a", "b");
        assertThat(image.topics().size()).isEqualTo(2);
        assertThat(image.brokers().all())
                .extracting(RegisteredBroker::id)
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }

    @Test
    void refusesTwoTopicsOfOneNameAndTwoBrokersOfOneId() {
        List<PartitionAssignment> one = List.of(PartitionAssignment.on(1));
        Topic first = new Topic(TestImages.topicId(1), "orders", 0, 0, Configs.NONE, one);
        Topic second = new Topic(TestImages.topicId(2), "orders", 0, 0, Configs.NONE, one);
        RegisteredBroker broker = new RegisteredBroker(TestImages.broker(1, ""), 0, false, false);

        assertThatThrownBy(() -> Topics.of(List.of(first, second))).hasMessageContaining("have the name orders");
        assertThatThrownBy(() -> Brokers.of(List.of(broker, broker))).hasMessage("two brokers have the id 1");
    }
}
