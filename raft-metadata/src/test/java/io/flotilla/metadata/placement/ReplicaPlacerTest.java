package io.flotilla.metadata.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.Seeds;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.config.Configs;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplicaPlacerTest {
    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void putsEachReplicaOfAPartitionOnAnActiveBrokerOfItsOwn(long seed) {
        RandomCluster cluster = RandomCluster.of(seed);

        List<PartitionAssignment> assignments = cluster.assignments();

        List<Integer> active =
                cluster.active().stream().map(RegisteredBroker::id).toList();
        assertThat(assignments)
                .hasSize(cluster.partitions())
                .allSatisfy(assignment -> assertThat(assignment.replicas())
                        .hasSize(cluster.replicationFactor())
                        .doesNotHaveDuplicates()
                        .isSubsetOf(active));
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void spreadsEachPartitionOverRacksAsEvenlyAsCanBe(long seed) {
        RandomCluster cluster = RandomCluster.of(seed);
        EvenestQuotas best = EvenestQuotas.of(cluster);

        for (PartitionAssignment assignment : cluster.assignments()) {
            for (List<Integer> rack : cluster.racks().values()) {
                long here = rack.stream().filter(assignment::isOn).count();
                assertThat(here).isBetween((long) best.leastOfRack(rack.size()), (long) best.mostOfOneRack());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void usesAsManyRacksAsThereAreOrReplicas(long seed) {
        RandomCluster cluster = RandomCluster.of(seed);
        int possible = Math.min(cluster.replicationFactor(), cluster.racks().size());

        for (PartitionAssignment assignment : cluster.assignments()) {
            assertThat(cluster.racks().values().stream()
                            .filter(rack -> !Collections.disjoint(rack, assignment.replicas()))
                            .count())
                    .isEqualTo(possible);
        }
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void givesBrokersNumbersOfReplicasThatCannotBeMoreEven(long seed) {
        RandomCluster cluster = RandomCluster.of(seed);
        EvenestQuotas best = EvenestQuotas.of(cluster);

        Collection<Integer> replicas = counts(cluster, a -> a.replicas().stream());

        assertThat(Collections.max(replicas)).isEqualTo(best.most());
        assertThat(Collections.min(replicas)).isEqualTo(best.least());
    }

    /** A broker with q of the replicas can lead q divided by the replication factor, up or down. */
    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void spreadsPreferredLeadersAsEvenlyAsReplicasAllow(long seed) {
        RandomCluster cluster = RandomCluster.of(seed);
        Collection<Integer> replicas = counts(cluster, a -> a.replicas().stream());

        Collection<Integer> leads = counts(cluster, a -> Stream.of(a.preferredLeader()));

        int factor = cluster.replicationFactor();
        assertThat(Collections.max(leads)).isLessThanOrEqualTo((Collections.max(replicas) + factor - 1) / factor);
        assertThat(Collections.min(leads)).isGreaterThanOrEqualTo(Collections.min(replicas) / factor);
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void spreadsReplicasAndLeadersWithinOneWhereRacksAreEqual(long seed) {
        RandomCluster cluster = new RandomCluster(racksOf(3, 3, 3), 1 + (int) seed, 3, seed);

        assertThat(spread(counts(cluster, a -> a.replicas().stream()))).isLessThanOrEqualTo(1);
        assertThat(spread(counts(cluster, a -> Stream.of(a.preferredLeader())))).isLessThanOrEqualTo(1);
    }

    private static Collection<Integer> counts(
            RandomCluster cluster, Function<PartitionAssignment, Stream<Integer>> brokers) {
        Map<Integer, Integer> counts = new TreeMap<>();
        cluster.active().forEach(broker -> counts.put(broker.id(), 0));
        cluster.assignments().stream().flatMap(brokers).forEach(id -> counts.merge(id, 1, Integer::sum));
        return counts.values();
    }

    private static int spread(Collection<Integer> counts) {
        return Collections.max(counts) - Collections.min(counts);
    }

    @ParameterizedTest
    @MethodSource(Seeds.ALL)
    void answersTheSameToTheSameQuestion(long seed) {
        assertThat(RandomCluster.of(seed).place())
                .isEqualTo(RandomCluster.of(seed).place());
    }

    @Test
    void leavesToChanceWhichBrokersShareAPartition() {
        MetadataImage image = TestImages.withBrokers(6);
        Set<Placement> answers = new HashSet<>();
        Set<Set<Integer>> together = new HashSet<>();

        for (long seed = 0; seed < 10; seed++) {
            RandomCluster cluster = new RandomCluster(image, 30, 3, seed);
            answers.add(cluster.place());
            cluster.assignments().forEach(assignment -> together.add(Set.copyOf(assignment.replicas())));
        }

        assertThat(answers).hasSize(10);
        // 20 ways to choose 3 of 6
        assertThat(together).hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void evensOutManySmallTopics(int replicationFactor) {
        MetadataImage image = racksOf(2, 2, 2);
        List<Integer> brokers = List.of(1, 2, 3, 4, 5, 6);

        for (int number = 1; number <= 100; number++) {
            image = withTopic(image, number, new RandomCluster(image, 1, replicationFactor, number));
        }

        MetadataImage full = image;
        assertThat(brokers.stream().map(id -> full.topics().partitionsOn(id).size()))
                .allSatisfy(replicas ->
                        assertThat(replicas).isBetween(100 * replicationFactor / 6, 100 * replicationFactor / 6 + 1));
        assertThat(brokers.stream().map(id -> leads(full, id)))
                .allSatisfy(leads -> assertThat(leads).isBetween(15L, 18L));
    }

    private static MetadataImage withTopic(MetadataImage image, int number, RandomCluster wish) {
        return TestImages.applied(
                image,
                new CreateTopic(TestImages.topicId(number), "topic-" + number, wish.assignments(), Configs.NONE, 0));
    }

    private static long leads(MetadataImage image, int brokerId) {
        return image.topics().all().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(assignment -> assignment.preferredLeader() == brokerId)
                .count();
    }

    private static MetadataImage racksOf(int... sizes) {
        List<RegisterBroker> brokers = new ArrayList<>();
        for (int rack = 0; rack < sizes.length; rack++) {
            for (int i = 0; i < sizes[rack]; i++) {
                brokers.add(new RegisterBroker(TestImages.broker(brokers.size() + 1, "rack-" + rack)));
            }
        }
        return TestImages.applied(TestImages.NEW_CLUSTER, brokers.toArray(RegisterBroker[]::new));
    }

    @Test
    void saysWhichBrokersAreMissing() {
        MetadataImage image = TestImages.applied(TestImages.withBrokers(3), new DrainBroker(2));

        Placement placement = ReplicaPlacer.place(image, 1, 3, 0);

        assertThat(placement)
                .isEqualTo(new Placement.Refused(
                        "replication factor 3 needs as many active brokers; active are [1, 3], draining [2], fenced [];"
                                + " start more brokers or ask for fewer replicas"));
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 2, 4, 7})
    void refusesReplicationFactorsThatNoTopicMayHave(int replicationFactor) {
        assertThat(ReplicaPlacer.place(TestImages.withBrokers(9), 1, replicationFactor, 0))
                .isInstanceOf(Placement.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 10_001})
    void refusesNumbersOfPartitionsThatNoTopicMayHave(int partitions) {
        assertThat(ReplicaPlacer.place(TestImages.withBrokers(1), partitions, 1, 0))
                .isEqualTo(
                        new Placement.Refused("number of partitions is %d; must be 1 to 10000".formatted(partitions)));
    }
}
