package io.flotilla.metadata;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.FenceBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerCommand.RemoveBroker;
import io.flotilla.metadata.BrokerCommand.UndrainBroker;
import io.flotilla.metadata.ClusterCommand.AllocateProducerIds;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.ClusterCommand.UpdateTopicDefaults;
import io.flotilla.metadata.GroupCommand.PauseGroup;
import io.flotilla.metadata.GroupCommand.ResumeGroup;
import io.flotilla.metadata.TopicCommand.AddPartitions;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.TopicCommand.UpdateTopicConfigs;
import io.flotilla.metadata.config.ConfigChange;
import io.flotilla.metadata.config.Configs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** An endless story of commands from one seed, over so few names and numbers that they often meet. */
final class RandomCommands {
    private static final List<String> NAMES = List.of("a", "b", "c", "__d", "not a name");
    private static final List<String> KEYS = List.of("segment.ms", "segment.bytes", "max.message.bytes", "no.such.key");
    private static final List<String> VALUES = List.of("1048576", "2000000", "5");

    private final SplittableRandom random;

    RandomCommands(long seed) {
        random = new SplittableRandom(seed);
    }

    MetadataCommand next() {
        return switch (random.nextInt(25)) {
            case 0 -> new CreateCluster("cluster-" + random.nextInt(3), 1);
            case 1 -> new UpdateTopicDefaults(change());
            case 20 -> new AllocateProducerIds(1000L * random.nextInt(3), 1000);
            case 21, 22 -> new AddPartitions(topicId(), 1 + random.nextInt(6), assignments(1 + random.nextInt(3)));
            case 23 ->
                new PauseGroup("group-" + random.nextInt(3), 2000 + random.nextInt(1000), 1000 + random.nextInt(1000));
            case 24 -> new ResumeGroup("group-" + random.nextInt(3));
            case 2, 3, 4, 5 -> new RegisterBroker(registration());
            case 6 -> new FenceBroker(brokerId(), TestImages.run(random.nextInt(3)));
            case 7 -> new DrainBroker(brokerId());
            case 8 -> new UndrainBroker(brokerId());
            case 9, 10 -> new RemoveBroker(brokerId());
            case 11, 12, 13, 14, 15 -> createTopic();
            case 16, 17 -> new DeleteTopic(topicId());
            default -> new UpdateTopicConfigs(topicId(), change());
        };
    }

    private BrokerRegistration registration() {
        String host = "host-" + random.nextInt(6);
        BrokerEndpoints endpoints =
                new BrokerEndpoints(new Endpoint(host, 7400), new Endpoint(host, 7401), random.nextInt(2) * 7402);
        return new BrokerRegistration(
                brokerId(),
                TestImages.run(random.nextInt(3)),
                TestImages.directory(random.nextInt(2)),
                endpoints,
                random.nextBoolean() ? "" : "rack-" + random.nextInt(3),
                "0.1." + random.nextInt(3),
                1 + random.nextInt(2),
                random.nextLong(1L << 41));
    }

    private CreateTopic createTopic() {
        List<PartitionAssignment> assignments = assignments(random.nextInt(6));
        Configs configs = random.nextInt(3) == 0 ? configs() : Configs.NONE;
        return new CreateTopic(topicId(), pick(NAMES), assignments, configs, random.nextLong(1L << 41));
    }

    private List<PartitionAssignment> assignments(int count) {
        int replicationFactor = 1 + random.nextInt(4);
        List<PartitionAssignment> assignments = new ArrayList<>();
        for (int partition = count; partition > 0; partition--) {
            Set<Integer> replicas = new TreeSet<>();
            while (replicas.size() < replicationFactor) {
                replicas.add(brokerId());
            }
            assignments.add(new PartitionAssignment(List.copyOf(replicas)));
        }
        return assignments;
    }

    private ConfigChange change() {
        return new ConfigChange(
                random.nextInt(4) == 0 ? Configs.NONE : configs(),
                random.nextInt(3) == 0 ? Set.of(pick(KEYS)) : Set.of());
    }

    private Configs configs() {
        return new Configs(Map.of(pick(KEYS), pick(VALUES)));
    }

    private int brokerId() {
        return random.nextInt(5);
    }

    private TopicId topicId() {
        return TestImages.topicId(random.nextInt(6));
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
