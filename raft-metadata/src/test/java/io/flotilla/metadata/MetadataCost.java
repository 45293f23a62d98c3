package io.flotilla.metadata;

import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.TopicCommand.CreateTopic;
import io.flotilla.metadata.TopicCommand.DeleteTopic;
import io.flotilla.metadata.config.Configs;
import io.flotilla.metadata.placement.Placement;
import io.flotilla.metadata.placement.ReplicaPlacer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Measures what metadata costs at the size one cluster is meant for: 100 brokers in 3 racks and 2,000 topics of 5
 * partitions. Prints the median time of each operation in microseconds, and the size of the image.
 */
final class MetadataCost {
    private static final int BROKERS = 100;
    private static final int TOPICS = 2_000;
    private static final int ROUNDS = 200;

    private static Object last = ""; // what is measured must not be optimised away

    private MetadataCost() {}

    public static void main(String[] args) {
        MetadataImage brokers = TestImages.NEW_CLUSTER;
        for (int id = 1; id <= BROKERS; id++) {
            brokers = TestImages.applied(brokers, new RegisterBroker(TestImages.broker(id, "rack-" + id % 3)));
        }
        SplittableRandom random = new SplittableRandom(1);
        List<PartitionAssignment> thousand = place(brokers, 1_000);
        long start = System.nanoTime();
        MetadataImage built = brokers;
        for (int topic = 0; topic < TOPICS; topic++) {
            built = TestImages.applied(built, create("topic-" + topic, TopicId.random(random), place(built, 5)));
        }
        System.out.printf(
                "place and create %d topics one by one: %d ms%n", TOPICS, (System.nanoTime() - start) / 1_000_000);

        MetadataImage image = built;
        CreateTopic large = create("large", TopicId.random(random), thousand);
        MetadataImage after = TestImages.applied(image, large);
        DeleteTopic delete = new DeleteTopic(large.topicId());
        byte[] command = MetadataCodec.encode(large);
        byte[] bytes = MetadataCodec.encode(after);
        MetadataImage restored = MetadataCodec.decodeImage(bytes);
        System.out.printf("command %d bytes, image %d bytes%n", command.length, bytes.length);
        measure("apply CreateTopic of 1,000 partitions", () -> large.applyTo(image));
        measure("apply DeleteTopic", () -> delete.applyTo(after));
        measure("delta of one topic", () -> MetadataDelta.between(image, after));
        measure("delta of equal images that share nothing", () -> MetadataDelta.between(after, restored));
        measure("decode CreateTopic of 1,000 partitions", () -> MetadataCodec.decodeCommand(command));
        measure("encode image", () -> MetadataCodec.encode(after));
        measure("decode image", () -> MetadataCodec.decodeImage(bytes));
        measure("partitions on one broker", () -> after.topics().partitionsOn(7));
        measure("place 5 partitions", () -> place(after, 5));
        measure("place 1,000 partitions", () -> place(after, 1_000));
        measure("place 10,000 partitions", () -> place(after, 10_000));
        System.out.println(last.hashCode());
    }

    private static CreateTopic create(String name, TopicId id, List<PartitionAssignment> assignments) {
        return new CreateTopic(id, name, assignments, Configs.NONE, 0);
    }

    private static List<PartitionAssignment> place(MetadataImage image, int partitions) {
        return ((Placement.Placed) ReplicaPlacer.place(image, partitions, 3, partitions)).assignments();
    }

    private static void measure(String what, Supplier<Object> operation) {
        long[] nanos = new long[ROUNDS];
        for (int round = -ROUNDS; round < ROUNDS; round++) {
            long start = System.nanoTime();
            last = operation.get();
            nanos[Math.max(round, 0)] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf("%-45s %,10.1f us%n", what, nanos[ROUNDS / 2] / 1_000.0);
    }
}
