package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.history.History;
import io.flotilla.broker.history.RecordingProducer;
import io.flotilla.broker.history.RecordingReader;
import io.flotilla.broker.history.Verdict;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.Endpoint;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Three nodes, a topic, one producer for each partition and one reader of all. A test hurts nodes and waits for progress;
 * {@link #finish} heals everything and judges. Used by one thread.
 */
final class ChaosRun implements AutoCloseable {
    private static final int NODES = 3;
    private static final String TOPIC = "chaos";
    private static final long PROGRESS = 1000;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final List<Node> nodes = new ArrayList<>();
    private final int partitions;
    private final History history = new History();
    private final List<RecordingProducer> producers = new ArrayList<>();
    private final FlotillaClient client;
    private final RecordingReader reader;

    /** @param disks the disk of each node, by id from 1 */
    ChaosRun(Path root, int partitions, IntFunction<Disk> disks) throws IOException {
        this.partitions = partitions;
        List<Integer> ports = freePorts(NODES * 3);
        String voters = Stream.of(1, 2, 3)
                .map(id -> "%d@127.0.0.1:%d".formatted(id, ports.get(id * 3 - 2)))
                .collect(Collectors.joining(","));
        try {
            for (int id = 1; id <= NODES; id++) {
                nodes.add(new Node(
                        id,
                        disks.apply(id),
                        ports.subList(id * 3 - 3, id * 3),
                        voters,
                        root.resolve("node-%d.log".formatted(id))));
            }
            nodes.forEach(Node::start);
            awaitReady(nodes);
        } catch (Throwable e) {
            nodes.forEach(Node::close);
            throw e;
        }
        client = FlotillaClient.connect(ClientConfig.of(nodes.stream()
                .map(node -> new Endpoint("127.0.0.1", node.clientPort()))
                .toList()));
        FlotillaClient.join(client.admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName(TOPIC)
                                .setPartitionCount(partitions)
                                .setReplicationFactor(NODES))
                        .build()));
        for (int partition = 0; partition < partitions; partition++) {
            producers.add(RecordingProducer.start(history, client, TOPIC, partition, "producer-" + partition));
        }
        reader = RecordingReader.start(history, client, TOPIC, partitions, "reader");
        awaitProgress();
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    List<Node> nodes() {
        return nodes;
    }

    /** Of partition 0. */
    Node leader() {
        Endpoint leader = await("partition 0 has a leader", () -> client.leader(new TopicPartition(TOPIC, 0)));
        return nodes.stream()
                .filter(node -> node.clientPort() == leader.port())
                .findFirst()
                .orElseThrow();
    }

    Node follower() {
        return nodes.get(leader().id() % NODES);
    }

    /** Returns when more values are acknowledged than were on their way. */
    void awaitProgress() {
        long before = history.acked();
        await("more values are acknowledged", () -> history.acked() >= before + PROGRESS);
    }

    void restart(List<Node> hurt) {
        hurt.forEach(node -> node.disk().restorePower());
        hurt.forEach(Node::start);
        awaitReady(hurt);
        awaitProgress();
    }

    private static void awaitReady(List<Node> nodes) {
        nodes.forEach(node -> await("node %d is ready".formatted(node.id()), node::ready));
    }

    /** All is well again; reads everything from every node, stops the nodes and compares their logs. */
    Verdict finish() throws InterruptedException {
        for (RecordingProducer producer : producers) {
            producer.stop();
        }
        reader.stop();
        for (Node node : nodes) {
            try (FlotillaClient own =
                    FlotillaClient.connect(ClientConfig.of(List.of(new Endpoint("127.0.0.1", node.clientPort()))))) {
                RecordingReader.readAll(history, own, TOPIC, partitions, "final-" + node.id());
            }
        }
        client.close();
        for (Node node : nodes) {
            assertThat(node.stop()).as("exit code of node %d", node.id()).isZero();
        }
        compareLogs();
        return history.check();
    }

    private void compareLogs() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                Jar.path().toString(),
                "log",
                "verify"));
        nodes.forEach(node -> command.add(node.disk().directory().toString()));
        Shell.run(command.toArray(String[]::new));
    }

    private static void await(String what, BooleanSupplier condition) {
        await(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    }

    private interface Poll<T> {
        Optional<T> look();
    }

    private static <T> T await(String what, Poll<T> poll) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Optional<T> found = poll.look();
        while (found.isEmpty()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within %s: %s".formatted(PATIENCE, what));
            }
            LockSupport.parkNanos(5_000_000);
            found = poll.look();
        }
        return found.get();
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
