package io.flotilla.metadata.placement;

import io.flotilla.metadata.BrokerCommand.DrainBroker;
import io.flotilla.metadata.BrokerCommand.FenceBroker;
import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.BrokerRegistration;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.PartitionAssignment;
import io.flotilla.metadata.RegisteredBroker;
import io.flotilla.metadata.RegisteredBroker.State;
import io.flotilla.metadata.TestImages;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster from one seed: racks of any size or none, some brokers out of service, some old topics, and a wish. */
record RandomCluster(MetadataImage image, int partitions, int replicationFactor, long seed) {
    static RandomCluster of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        MetadataImage image = TestImages.NEW_CLUSTER;
        int brokers = 1 + random.nextInt(14);
        int racks = random.nextInt(6);
        for (int id = 1; id <= brokers; id++) {
            String rack = racks == 0 || random.nextInt(10) == 0 ? "" : "rack-" + random.nextInt(racks);
            BrokerRegistration broker = TestImages.broker(id, rack);
            image = TestImages.applied(image, new RegisterBroker(broker));
            if (id > 1 && random.nextInt(8) == 0) {
                image = TestImages.applied(
                        image, random.nextBoolean() ? new DrainBroker(id) : new FenceBroker(id, broker.incarnation()));
            }
        }
        for (int topic = random.nextInt(8); topic > 0; topic--) {
            PartitionAssignment[] assignments = IntStream.range(0, 1 + random.nextInt(5))
                    .mapToObj(p -> PartitionAssignment.on(1 + random.nextInt(brokers)))
                    .toArray(PartitionAssignment[]::new);
            image = TestImages.applied(image, TestImages.topic(topic, "old-" + topic, assignments));
        }
        int active = active(image).size();
        int replicationFactor = active >= 5 ? List.of(1, 3, 5).get(random.nextInt(3)) : active >= 3 ? 3 : 1;
        return new RandomCluster(image, 1 + random.nextInt(60), replicationFactor, random.nextLong());
    }

    Placement place() {
        return ReplicaPlacer.place(image, partitions, replicationFactor, seed);
    }

    List<PartitionAssignment> assignments() {
        return ((Placement.Placed) place()).assignments();
    }

    List<RegisteredBroker> active() {
        return active(image);
    }

    private static List<RegisteredBroker> active(MetadataImage image) {
        return image.brokers().all().stream()
                .filter(broker -> broker.state() == State.ACTIVE)
                .toList();
    }

    /** Active brokers by rack; one without a rack is alone. */
    Map<String, List<Integer>> racks() {
        return active().stream()
                .collect(Collectors.groupingBy(
                        broker -> broker.rack().isEmpty() ? "broker " + broker.id() : broker.rack(),
                        TreeMap::new,
                        Collectors.mapping(RegisteredBroker::id, Collectors.toList())));
    }
}
