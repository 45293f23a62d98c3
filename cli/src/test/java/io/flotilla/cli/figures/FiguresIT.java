package io.flotilla.cli.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.record.NewRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Prints what the documentation's page of measurements is made of. */
@Tag("figures")
class FiguresIT {
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration WINDOW = Duration.ofSeconds(20);
    private static final Duration LOAD = Duration.ofSeconds(Long.getLong("load.seconds", 300));
    private static final int PACED_PER_S = 1000;

    @TempDir
    Path root;

    @Test
    void timeFromNothingToTheFirstAcknowledgement() throws Exception {
        long start = System.nanoTime();
        try (Fleet fleet = Fleet.start(root, 1);
                FlotillaClient client = fleet.client()) {
            print("one broker ready after %s".formatted(since(start)));
            Fleet.create(client, "first", 1, 1);
            try (Producer producer = FlotillaClient.join(client.producer("first", ProducerConfig.DEFAULT))) {
                FlotillaClient.join(producer.send(NewRecord.of("key", "value")));
            }
            print("one broker, first record acknowledged after %s".formatted(since(start)));
        }
    }

    @Test
    void throughputAndLatencyOfThreeBrokers() throws Exception {
        long start = System.nanoTime();
        try (Fleet fleet = Fleet.start(root, 3);
                FlotillaClient client = fleet.client()) {
            print("three brokers ready after %s".formatted(since(start)));
            atRest(fleet, "three brokers without topics");
            Fleet.create(client, "load", 6, 3);
            try (Producer producer = FlotillaClient.join(client.producer("load", ProducerConfig.DEFAULT))) {
                print("warming up: %s".formatted(Load.run(producer, WARM_UP, Integer.MAX_VALUE)));
                Duration cpu = fleet.cpu();
                print("1 KiB, 6 partitions, RF 3, full speed: %s"
                        .formatted(Load.run(producer, WINDOW, Integer.MAX_VALUE)));
                print("brokers used %.1f cores".formatted(share(fleet.cpu().minus(cpu), WINDOW)));
                print("1 KiB, 6 partitions, RF 3, paced: %s".formatted(Load.run(producer, WINDOW, PACED_PER_S)));
            }
            atRest(fleet, "three brokers after that");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 300})
    void manyPartitions(int partitions) throws Exception {
        String what = partitions + " partitions, RF 3, three brokers: ";
        try (Fleet fleet = Fleet.start(root, 3)) {
            try (FlotillaClient client = fleet.client()) {
                long start = System.nanoTime();
                Fleet.create(client, "many", partitions, 3);
                print(what + "all led %s after creation".formatted(since(start)));
                try (Producer producer = FlotillaClient.join(client.producer("many", ProducerConfig.DEFAULT))) {
                    List<Integer> before = settled(client, producer);
                    print(what + "%s of load: %s".formatted(LOAD, Load.run(producer, LOAD, PACED_PER_S * 5)));
                    List<Integer> after = Fleet.epochs(client, "many");
                    print(what + "%d leaders changed under load".formatted(changed(before, after)));
                }
                atRest(fleet, what);
            }
            fleet.kill();
            long start = System.nanoTime();
            fleet.start();
            try (FlotillaClient client = fleet.client()) {
                Fleet.awaitLed(client, "many");
                print(what + "all led %s after a cold restart, process start included".formatted(since(start)));
            }
        }
    }

    /** The leaders' epochs once no leadership is handed to its preferred replica any more. */
    private static List<Integer> settled(FlotillaClient client, Producer producer) {
        List<Integer> before;
        List<Integer> after = Fleet.epochs(client, "many");
        do {
            before = after;
            Load.run(producer, WINDOW, PACED_PER_S);
            after = Fleet.epochs(client, "many");
        } while (changed(before, after) > 0);
        return after;
    }

    private static long changed(List<Integer> before, List<Integer> after) {
        assertThat(after).hasSameSizeAs(before);
        long changed = 0;
        for (int i = 0; i < before.size(); i++) {
            changed += before.get(i).equals(after.get(i)) ? 0 : 1;
        }
        return changed;
    }

    private static void atRest(Fleet fleet, String what) throws InterruptedException {
        TimeUnit.SECONDS.sleep(WINDOW.toSeconds()); // until compilers are done with what was just run
        Duration before = fleet.cpu();
        TimeUnit.SECONDS.sleep(WINDOW.toSeconds());
        print("%s: at rest %.1f %% of a core together, resident MiB %s"
                .formatted(what, 100 * share(fleet.cpu().minus(before), WINDOW), fleet.residentMib()));
    }

    private static double share(Duration cpu, Duration of) {
        return (double) cpu.toMillis() / of.toMillis();
    }

    private static String since(long start) {
        return "%.1f s".formatted((System.nanoTime() - start) / 1e9);
    }

    private static void print(String figure) {
        System.out.println("FIGURE " + figure);
    }
}
