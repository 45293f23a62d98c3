package io.flotilla.cli.figures;

import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.Node;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.Replica;
import io.flotilla.v1.PartitionDescription.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What it costs, and whom, when a follower comes back from far behind. */
@Tag("figures")
class CatchUpFiguresIT {
    private static final TopicPartition FAR = new TopicPartition("far", 0);
    private static final long MISSED_BYTES = Long.getLong("missed.mib", 2048) << 20;
    private static final Duration WINDOW = Duration.ofSeconds(20);
    private static final int PACED_PER_S = 1000;

    @TempDir
    Path root;

    @Test
    void aFollowerThatWasAwayCatchesUp() throws Exception {
        try (Fleet fleet = Fleet.start(root, 3);
                FlotillaClient client = fleet.client()) {
            Fleet.create(client, FAR.topic(), 1, 3);
            try (Producer producer = FlotillaClient.join(client.producer(FAR.topic(), ProducerConfig.DEFAULT))) {
                Node follower = fleet.node(describe(client).getLeaderId() % 3 + 1);
                print("before: " + Load.run(producer, WINDOW, PACED_PER_S));
                follower.process().kill();
                long end = describe(client).getHighWatermark() + MISSED_BYTES / Load.RECORD_BYTES;
                print("alone: "
                        + Load.run(
                                producer, until(() -> describe(client).getHighWatermark() >= end), Integer.MAX_VALUE));

                comeBack(fleet, client, producer, follower, "a follower that was away");
                follower.process().kill();
                wipe(follower.data());
                comeBack(fleet, client, producer, follower, "a follower that lost its disk");
                follower.process().kill();
                wipe(follower.data());
                for (int i = 0; i < 5; i++) {
                    follower.launch();
                    Await.until(
                            () -> "it copies: " + standing(client, follower),
                            () -> standing(client, follower).getReason().contains("copying"));
                    follower.process().kill();
                }
                comeBack(
                        fleet,
                        client,
                        producer,
                        follower,
                        "a follower that lost its disk and was killed five times while it copied");
            }
        }
    }

    private static void comeBack(Fleet fleet, FlotillaClient client, Producer producer, Node follower, String what) {
        long start = System.nanoTime();
        follower.launch();
        String during = Load.run(producer, until(() -> hasAll(standing(client, follower))), PACED_PER_S);
        double seconds = (System.nanoTime() - start) / 1e9;
        print("%s: had everything %.1f s after its start, %.1f MB/s; meanwhile %s; peak memory MiB %s"
                .formatted(what, seconds, MISSED_BYTES / 1e6 / seconds, during, fleet.peakMib()));
        print("after that: " + Load.run(producer, WINDOW, PACED_PER_S));
    }

    /** True until {@code there}, which another thread looks at now and then. */
    private static BooleanSupplier until(BooleanSupplier there) {
        CompletableFuture<Void> found =
                CompletableFuture.runAsync(() -> Await.within(Duration.ofMinutes(10), () -> "it is there", there));
        return () -> !found.isDone();
    }

    private static PartitionDescription describe(FlotillaClient client) {
        return FlotillaClient.join(client.admin().partition(FAR));
    }

    private static Replica standing(FlotillaClient client, Node node) {
        return describe(client).getReplicasList().stream()
                .filter(replica -> replica.getBrokerId() == node.id())
                .findFirst()
                .orElseThrow();
    }

    private static boolean hasAll(Replica replica) {
        return replica.getState() == State.STATE_FOLLOWER && replica.hasLagEntries() && replica.getLagEntries() == 0;
    }

    private static void wipe(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void print(String figure) {
        System.out.println("FIGURE " + figure);
    }
}
