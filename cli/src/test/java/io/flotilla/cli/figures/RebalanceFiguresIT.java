package io.flotilla.cli.figures;

import com.google.protobuf.ByteString;
import io.flotilla.cli.Run;
import io.flotilla.cli.process.JarProcess;
import io.flotilla.cli.process.Node;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.ConsumerConfig;
import io.flotilla.client.Delivery;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.GroupConsumer;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.GroupDescription;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prints how long it takes until another member processes the partitions of one that goes. */
@Tag("figures")
class RebalanceFiguresIT {
    private static final int PARTITIONS = 12;
    private static final int ROUNDS = Integer.getInteger("rebalance.rounds", 10);
    private static final String TOPIC = "orders";
    private static final String GROUP = "figures";

    @TempDir
    Path root;

    private final AtomicBoolean over = new AtomicBoolean();
    private String bootstrap = "";

    @Test
    void timeUntilAnotherMemberTakesOver() throws Exception {
        List<Node> nodes = Node.voters(root, 3);
        nodes.forEach(Node::start);
        bootstrap = nodes.stream().map(Node::address).collect(Collectors.joining(","));
        Run ready = Run.of("cluster", "wait", "--brokers", "3", "--timeout", "60s", "-b", bootstrap);
        Run made = Run.of("topic", "create", TOPIC, "--partitions", "12", "--replication-factor", "3", "-b", bootstrap);
        if (ready.exit() != 0 || made.exit() != 0) {
            throw new AssertionError(ready.err() + made.err());
        }
        try (FlotillaClient client = FlotillaClient.connect(ClientConfig.of(bootstrap));
                GroupConsumer stays = client.consumer(ConsumerConfig.of(GROUP, TOPIC))) {
            Thread load = new Thread(() -> produce(client));
            load.start();
            report("a member leaves (SIGTERM)", client, stays, JarProcess::terminate);
            report("a member is killed (SIGKILL)", client, stays, JarProcess::kill);
            over.set(true);
            load.join();
        } finally {
            nodes.forEach(Node::close);
        }
    }

    private void report(String what, FlotillaClient client, GroupConsumer stays, Consumer<JarProcess> end)
            throws InterruptedException {
        List<Long> times = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            times.add(round(client, stays, end));
        }
        times.sort(null);
        System.out.printf(
                "%s: until another one processes its partitions, %d rounds: median %d ms, longest %d ms%n",
                what, ROUNDS, times.get(ROUNDS / 2), times.get(ROUNDS - 1));
    }

    private long round(FlotillaClient client, GroupConsumer stays, Consumer<JarProcess> end)
            throws InterruptedException {
        try (JarProcess goes = JarProcess.start(root, "goes", "consume", TOPIC, "-g", GROUP, "-b", bootstrap)) {
            Set<Integer> own = new HashSet<>();
            while (own.size() != PARTITIONS / 2) {
                poll(stays);
                own = partitionsOfOneOfTwo(client);
            }
            for (int i = 0; i < 20; i++) {
                poll(stays); // what came before
            }
            Set<Integer> seen = new HashSet<>();
            new Thread(() -> end.accept(goes)).start();
            long start = System.nanoTime();
            while (seen.size() < PARTITIONS) {
                Delivery delivery = stays.poll(Duration.ofMillis(100));
                if (delivery != null) {
                    seen.add(delivery.partition().partition());
                    delivery.ack();
                }
            }
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        }
    }

    /** Empty unless there are two members that share all. */
    private static Set<Integer> partitionsOfOneOfTwo(FlotillaClient client) {
        GroupDescription group = client.admin()
                .group(GROUP)
                .exceptionally(error -> GroupDescription.getDefaultInstance()) // not made yet
                .join();
        return group.getMembersCount() != 2
                ? Set.of()
                : group.getMembers(0).getPartitionsList().stream()
                        .map(partition -> partition.getPartition())
                        .collect(Collectors.toSet());
    }

    private static void poll(GroupConsumer consumer) throws InterruptedException {
        Delivery delivery = consumer.poll(Duration.ofMillis(20));
        if (delivery != null) {
            delivery.ack();
        }
    }

    /** A record for each partition every 20 ms. */
    private void produce(FlotillaClient client) {
        Producer producer = FlotillaClient.join(client.producer(TOPIC, ProducerConfig.DEFAULT));
        while (!over.get()) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                var unused = producer.send(partition, NewRecord.of(ByteString.copyFromUtf8("x")));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        producer.close();
    }
}
