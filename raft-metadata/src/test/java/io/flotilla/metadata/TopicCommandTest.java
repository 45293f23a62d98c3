package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.MetadataResult.Code;
import io.flotilla.metadata.MetadataResult.Refused;
import io.flotilla.metadata.TopicCommand.AddPartitions;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.TopicCommand.UpdateTopicConfigs;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopicCommandTest {
    private static final MetadataImage THREE_BROKERS = TestImages.withBrokers(3);
    private static final CreateTopic ORDERS =
            TestImages.topic(1, "orders", PartitionAssignment.on(1, 2, 3), PartitionAssignment.on(2, 3, 1));
    private static final MetadataImage WITH_ORDERS = TestImages.applied(THREE_BROKERS, ORDERS);

    @Test
    void createsATopicThatIsFoundByNameAndById() {
        Topic expected =
                new Topic(ORDERS.topicId(), "orders", ORDERS.createdAtMs(), -1, Configs.NONE, ORDERS.assignments());

        assertThat(WITH_ORDERS.topics().find("orders")).hasValue(expected);
        assertThat(WITH_ORDERS.topics().find(ORDERS.topicId())).hasValue(expected);
        assertThat(expected.replicationFactor()).isEqualTo(3);
        assertThat(expected.internal()).isFalse();
    }

    @Test
    void remembersSinceWhenATopicExists() {
        MetadataImage image = TestImages.applied(THREE_BROKERS.at(20), ORDERS);

        MetadataImage changed = TestImages.applied(
                image.at(21),
                new UpdateTopicConfigs(ORDERS.topicId(), ConfigChange.set(Map.of("segment.ms", "60000"))));

        assertThat(changed.topics().find("orders").orElseThrow().createdVersion())
                .isEqualTo(20);
    }

    @Test
    void leavesTheImageBeforeAsItWas() {
        assertThat(THREE_BROKERS.topics()).isEqualTo(Topics.NONE);
    }

    @Test
    void listsThePartitionsOfABroker() {
        MetadataImage image = TestImages.applied(
                WITH_ORDERS, TestImages.topic(2, "audit", PartitionAssignment.on(3), PartitionAssignment.on(1)));

        assertThat(image.topics().partitionsOn(1))
                .containsExactly(
                        new PartitionId(TestImages.topicId(2), 1),
                        new PartitionId(TestImages.topicId(1), 0),
                        new PartitionId(TestImages.topicId(1), 1));
        assertThat(image.topics().partitionsOn(9)).isEmpty();
    }

    @Test
    void namesAPartitionAsPeopleDo() {
        assertThat(WITH_ORDERS.topics().nameOf(new PartitionId(ORDERS.topicId(), 1)))
                .isEqualTo("orders/1");
        assertThat(WITH_ORDERS.topics().nameOf(new PartitionId(TestImages.topicId(9), 1)))
                .isEqualTo(TestImages.topicId(9) + "/1");
    }

    @Test
    void refusesANameThatIsTaken() {
        Refused refused = TestImages.refused(WITH_ORDERS, TestImages.topic(2, "orders", PartitionAssignment.on(1)));

        assertThat(refused)
                .isEqualTo(new Refused(
                        Code.EXISTS,
                        "topic orders exists, with id %s; choose another name or delete it first"
                                .formatted(TestImages.topicId(1))));
    }

    @Test
    void refusesAnIdThatIsTaken() {
        Refused refused = TestImages.refused(WITH_ORDERS, TestImages.topic(1, "audit", PartitionAssignment.on(1)));

        assertThat(refused)
                .isEqualTo(new Refused(
                        Code.EXISTS,
                        "topic id %s is that of topic orders; choose a new id for audit"
                                .formatted(TestImages.topicId(1))));
    }

    @Test
    void refusesANameThatBreaksTheRules() {
        Refused refused = TestImages.refused(THREE_BROKERS, TestImages.topic(1, "a b", PartitionAssignment.on(1)));

        assertThat(refused.code()).isEqualTo(Code.INVALID_TOPIC_NAME);
    }

    @Test
    void refusesAnEvenNumberOfReplicas() {
        Refused refused =
                TestImages.refused(THREE_BROKERS, TestImages.topic(1, "orders", PartitionAssignment.on(1, 2)));

        assertThat(refused.code()).isEqualTo(Code.INVALID_REPLICATION);
        assertThat(refused.message()).startsWith("replication factor is 2; must be 1, 3 or 5");
    }

    @Test
    void refusesPartitionsWithDifferentNumbersOfReplicas() {
        Refused refused = TestImages.refused(
                THREE_BROKERS,
                TestImages.topic(1, "orders", PartitionAssignment.on(1, 2, 3), PartitionAssignment.on(1)));

        assertThat(refused)
                .isEqualTo(new Refused(
                        Code.INVALID_REPLICATION,
                        "partition 1 is on brokers [1] and partition 0 on [1, 2, 3]; give all the same number"));
    }

    @Test
    void refusesBrokersThatNobodyKnows() {
        Refused refused = TestImages.refused(
                THREE_BROKERS, TestImages.topic(1, "orders", PartitionAssignment.on(1), PartitionAssignment.on(4)));

        assertThat(refused)
                .isEqualTo(new Refused(
                        Code.INVALID_REPLICATION,
                        "partition 1 is to be on broker 4, which is not registered; list the brokers"));
    }

    @Test
    void allowsTenThousandPartitionsAndNoMore() {
        CreateTopic largest = withPartitions(Topic.MAX_PARTITIONS);
        CreateTopic larger = withPartitions(Topic.MAX_PARTITIONS + 1);
        CreateTopic empty = withPartitions(0);

        TestImages.applied(THREE_BROKERS, largest);
        assertThat(TestImages.refused(THREE_BROKERS, larger))
                .isEqualTo(new Refused(Code.INVALID_REPLICATION, "number of partitions is 10001; must be 1 to 10000"));
        assertThat(TestImages.refused(THREE_BROKERS, empty).message())
                .isEqualTo("number of partitions is 0; must be 1 to 10000");
    }

    private static CreateTopic withPartitions(int count) {
        List<PartitionAssignment> assignments = Collections.nCopies(count, PartitionAssignment.on(1));
        return new CreateTopic(TestImages.topicId(1), "orders", assignments, Configs.NONE, 0);
    }

    @Test
    void refusesUnknownSettings() {
        CreateTopic command = new CreateTopic(
                TestImages.topicId(1),
                "orders",
                List.of(PartitionAssignment.on(1)),
                new Configs(Map.of("segment.size", "1")),
                0);

        assertThat(TestImages.refused(THREE_BROKERS, command))
                .isEqualTo(new Refused(
                        Code.INVALID_CONFIG, "topic setting segment.size is unknown; did you mean segment.bytes?"));
    }

    @Test
    void changesTheSettingsOfOneTopic() {
        MetadataImage set = TestImages.applied(
                WITH_ORDERS, new UpdateTopicConfigs(ORDERS.topicId(), ConfigChange.set(Map.of("segment.ms", "60000"))));
        MetadataImage unset =
                TestImages.applied(set, new UpdateTopicConfigs(ORDERS.topicId(), ConfigChange.unset("segment.ms")));

        assertThat(set.configOf(set.topics().find("orders").orElseThrow()).segmentMs())
                .isEqualTo(60_000);
        assertThat(set.topics().find(ORDERS.topicId())).isEqualTo(set.topics().find("orders"));
        assertThat(unset).isEqualTo(WITH_ORDERS);
    }

    @Test
    void refusesSettingsThatAreNotAllowed() {
        Refused refused = TestImages.refused(
                WITH_ORDERS, new UpdateTopicConfigs(ORDERS.topicId(), ConfigChange.set(Map.of("segment.ms", "0"))));

        assertThat(refused.code()).isEqualTo(Code.INVALID_CONFIG);
    }

    @Test
    void addsPartitionsThatAreYoungerThanTheirTopic() {
        MetadataImage image = TestImages.applied(
                WITH_ORDERS.at(20), new AddPartitions(ORDERS.topicId(), 2, List.of(PartitionAssignment.on(3, 1, 2))));
        image = TestImages.applied(
                image.at(30), new AddPartitions(ORDERS.topicId(), 3, List.of(PartitionAssignment.on(1, 2, 3))));

        Topic grown = image.topics().find("orders").orElseThrow();
        assertThat(grown.partitions())
                .containsExactly(
                        PartitionAssignment.on(1, 2, 3),
                        PartitionAssignment.on(2, 3, 1),
                        PartitionAssignment.on(3, 1, 2),
                        PartitionAssignment.on(1, 2, 3));
        assertThat(IntStream.range(0, 4).mapToLong(grown::createdVersionOf))
                .containsExactly(grown.createdVersion(), grown.createdVersion(), 20L, 30L);
    }

    @Test
    void addsNoPartitionsBeyondTheMost() {
        MetadataImage full = TestImages.applied(THREE_BROKERS, withPartitions(Topic.MAX_PARTITIONS));

        Refused refused = TestImages.refused(
                full,
                new AddPartitions(TestImages.topicId(1), Topic.MAX_PARTITIONS, List.of(PartitionAssignment.on(1))));
        Refused none = TestImages.refused(full, new AddPartitions(TestImages.topicId(1), 10_000, List.of()));

        assertThat(refused.message()).isEqualTo("number of partitions is 10001; must be 1 to 10000");
        assertThat(none.message()).isEqualTo("topic orders has 10000 partitions already; ask for more than that");
    }

    @Test
    void refusesToChangeOrDeleteATopicThatIsGone() {
        MetadataImage gone = TestImages.applied(WITH_ORDERS, new DeleteTopic(ORDERS.topicId()));
        Refused notFound = new Refused(
                Code.NOT_FOUND,
                "no topic has id %s; it was deleted, a new one of its name has another id".formatted(ORDERS.topicId()));

        assertThat(gone).isEqualTo(THREE_BROKERS);
        assertThat(TestImages.refused(gone, new DeleteTopic(ORDERS.topicId()))).isEqualTo(notFound);
        assertThat(TestImages.refused(gone, new UpdateTopicConfigs(ORDERS.topicId(), ConfigChange.unset("segment.ms"))))
                .isEqualTo(notFound);
    }

    @Test
    void givesATopicThatIsCreatedAgainAnotherIdSoThatOldCommandsMissIt() {
        MetadataImage again = TestImages.applied(
                WITH_ORDERS,
                new DeleteTopic(ORDERS.topicId()),
                TestImages.topic(2, "orders", PartitionAssignment.on(1)));

        Refused refused = TestImages.refused(again, new DeleteTopic(ORDERS.topicId()));

        assertThat(refused.code()).isEqualTo(Code.NOT_FOUND);
        assertThat(again.topics().find("orders").orElseThrow().id()).isEqualTo(TestImages.topicId(2));
    }
}
