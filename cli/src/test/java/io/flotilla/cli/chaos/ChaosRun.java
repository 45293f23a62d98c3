package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.history.History;
import io.flotilla.broker.history.RecordingProducer;
import io.flotilla.broker.history.RecordingReader;
import io.flotilla.broker.history.Verdict;
import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.JarProcess;
import io.flotilla.cli.process.Node;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.Endpoint;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Three machines, a topic, one producer for each partition and one reader of all. A test hurts machines and waits for
 * progress; {@link #finish} judges. Used by one thread.
 */
final class ChaosRun implements AutoCloseable {
    private static final int MACHINES = 3;
    private static final String TOPIC = "chaos";
    private static final long PROGRESS = 1000;
    private static final Duration STANDSTILL = Duration.ofSeconds(5);

    private final Path root;
    private final List<Machine> machines = new ArrayList<>();
    private final int partitions;
    private final History history = new History();
    private final List<RecordingProducer> producers = new ArrayList<>();
    private final FlotillaClient client;
    private final RecordingReader reader;

    /** @param disks makes the disk that is to be at a directory */
    ChaosRun(Path root, int partitions, Function<Path, Disk> disks) {
        this(root, partitions, disks, Map.of());
    }

    /** The same, with these settings of the brokers. */
    ChaosRun(Path root, int partitions, Function<Path, Disk> disks, Map<String, String> settings) {
        this.root = root;
        this.partitions = partitions;
        try {
            for (Node node : Node.voters(root, MACHINES, settings)) {
                machines.add(new Machine(node, disks.apply(node.data())));
            }
            machines.forEach(Machine::start);
            awaitReady(machines);
        } catch (Throwable e) {
            close();
            throw e;
        }
        client = FlotillaClient.connect(
                ClientConfig.of(machines.stream().map(ChaosRun::endpoint).toList()));
        FlotillaClient.join(client.admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder()
                                .setName(TOPIC)
                                .setPartitionCount(partitions)
                                .setReplicationFactor(MACHINES))
                        .build()));
        for (int partition = 0; partition < partitions; partition++) {
            producers.add(RecordingProducer.start(history, client, TOPIC, partition, "producer-" + partition));
        }
        reader = RecordingReader.start(history, client, TOPIC, partitions, "reader");
        awaitProgress();
    }

    private static Endpoint endpoint(Machine machine) {
        return new Endpoint("127.0.0.1", machine.node().clientPort());
    }

    List<Machine> machines() {
        return machines;
    }

    /** The machine that leads partition 0. */
    Machine leader() {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        Await.until(
                () -> "the client knows a leader of " + partition,
                () -> client.leader(partition).isPresent());
        int port = client.leader(partition).orElseThrow().port();
        return machines.stream()
                .filter(machine -> machine.node().clientPort() == port)
                .findFirst()
                .orElseThrow();
    }

    Machine follower() {
        return machines.get(leader().node().id() % MACHINES);
    }

    /** Returns when more values are acknowledged than can have been on their way. */
    void awaitProgress() {
        awaitProgress(PROGRESS);
    }

    void awaitProgress(long values) {
        long before = history.acked();
        Await.until(
                () -> "%d more values are acknowledged; so far %d".formatted(values, history.acked() - before),
                () -> history.acked() >= before + values);
    }

    /** Returns when nothing was acknowledged for some seconds: for longer than it takes to elect a leader. */
    void awaitStandstill() {
        long[] last = {history.acked(), System.nanoTime()};
        Await.until(() -> "nothing is acknowledged any more", () -> {
            long now = history.acked();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return System.nanoTime() - last[1] > STANDSTILL.toNanos();
        });
    }

    boolean isInTrouble(Machine machine) {
        String standing = standing(machine);
        return !standing.startsWith("STATE_LEADER") && !standing.startsWith("STATE_FOLLOWER");
    }

    /** How the replicas of partition 0 do. */
    String standings() {
        return machines.stream().map(this::standing).toList().toString();
    }

    /** How the machine's replica of partition 0 does, in the words of {@code partition describe}. */
    String standing(Machine machine) {
        PartitionDescription partition = FlotillaClient.join(client.admin().partition(new TopicPartition(TOPIC, 0)));
        return partition.getReplicasList().stream()
                .filter(replica -> replica.getBrokerId() == machine.node().id())
                .map(replica -> replica.getState() + " " + replica.getReason())
                .findFirst()
                .orElse("");
    }

    void restart(List<Machine> hurt) {
        hurt.forEach(machine -> machine.disk().restorePower());
        hurt.forEach(Machine::start);
        awaitReady(hurt);
        awaitProgress();
    }

    private static void awaitReady(List<Machine> started) {
        started.forEach(machine -> Await.until(
                () -> "node %d is ready: %s"
                        .formatted(machine.node().id(), machine.node().process().err()),
                machine::isReady));
    }

    /** All is well again; reads everything from every node, stops the nodes and compares their logs. */
    Verdict finish() throws InterruptedException {
        for (RecordingProducer producer : producers) {
            producer.stop();
        }
        reader.stop();
        for (Machine machine : machines) {
            try (FlotillaClient own = FlotillaClient.connect(ClientConfig.of(List.of(endpoint(machine))))) {
                RecordingReader.readAll(
                        history,
                        own,
                        TOPIC,
                        partitions,
                        "final-" + machine.node().id());
            }
        }
        client.close();
        for (Machine machine : machines) {
            assertThat(machine.stop())
                    .as("exit code of node %d", machine.node().id())
                    .isZero();
        }
        compareLogs();
        return history.check();
    }

    private void compareLogs() {
        List<String> command = new ArrayList<>(List.of("log", "verify"));
        machines.forEach(machine -> command.add(machine.node().data().toString()));
        try (JarProcess verify = JarProcess.start(root, "verify", command.toArray(String[]::new))) {
            assertThat(verify.exit()).as("%s%s", verify.out(), verify.err()).isZero();
        }
    }

    @Override
    public void close() {
        machines.forEach(Machine::close);
    }
}
