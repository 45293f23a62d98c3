package io.flotilla.cli.figures;

import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.Node;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.Endpoint;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Broker;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.GetTopicResponse;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Brokers as users start them, by the launcher, and what can be measured about them from outside. Used by one thread. */
final class Fleet implements AutoCloseable {
    private final List<Node> nodes;

    private Fleet(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** Returns when all are ready. */
    static Fleet start(Path root, int size) {
        return start(root, size, Map.of());
    }

    /** The same, with these settings of the brokers. */
    static Fleet start(Path root, int size, Map<String, String> settings) {
        Fleet fleet = new Fleet(Node.voters(root, size, settings));
        try {
            fleet.start();
            return fleet;
        } catch (Throwable e) {
            fleet.close();
            throw e;
        }
    }

    void start() {
        nodes.forEach(Node::launch);
        try (FlotillaClient client = client()) {
            Await.until(() -> "all brokers are up", () -> up(client));
        }
    }

    private boolean up(FlotillaClient client) {
        try {
            return FlotillaClient.join(client.admin().brokers()).stream()
                            .filter(broker -> broker.getState() == Broker.State.STATE_RUNNING)
                            .count()
                    == nodes.size();
        } catch (RuntimeException e) {
            return false; // none can be reached yet
        }
    }

    FlotillaClient client() {
        return FlotillaClient.connect(ClientConfig.of(nodes.stream()
                        .map(node -> new Endpoint("127.0.0.1", node.clientPort()))
                        .toList())
                .withRequestTimeout(Duration.ofMinutes(2)));
    }

    Node node(int id) {
        return nodes.get(id - 1);
    }

    void kill() {
        nodes.forEach(node -> node.process().kill());
    }

    /** Returns when the topic's partitions all have leaders. */
    static void create(FlotillaClient client, String topic, int partitions, int replicas) {
        create(client, topic, partitions, replicas, Map.of());
    }

    static void create(
            FlotillaClient client, String topic, int partitions, int replicas, Map<String, String> settings) {
        FlotillaClient.join(client.admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTimeoutMs((int) Duration.ofMinutes(2).toMillis())
                        .setTopic(Topic.newBuilder()
                                .setName(topic)
                                .putAllConfigs(settings)
                                .setPartitionCount(partitions)
                                .setReplicationFactor(replicas))
                        .build()));
        awaitLed(client, topic);
    }

    static void awaitLed(FlotillaClient client, String topic) {
        Await.until(
                () -> "all partitions of %s have leaders".formatted(topic),
                () -> epochs(client, topic).stream().noneMatch(epoch -> epoch < 0));
    }

    /** Of each partition the term of its leader, -1 if there is none. */
    static List<Integer> epochs(FlotillaClient client, String topic) {
        try {
            GetTopicResponse description = FlotillaClient.join(client.admin().topic(topic, true));
            return description.getPartitionsList().stream()
                    .map(partition -> hasLeader(partition) ? partition.getLeaderEpoch() : -1)
                    .toList();
        } catch (RuntimeException e) {
            return List.of(-1); // nobody knows the topic yet
        }
    }

    private static boolean hasLeader(PartitionDescription partition) {
        return partition.getLeaderId() > 0;
    }

    /** Processor time that all brokers have used. */
    Duration cpu() {
        return nodes.stream().map(node -> node.process().cpu()).reduce(Duration.ZERO, Duration::plus);
    }

    /** Resident memory of each broker in MiB, as Linux counts it. */
    List<Long> residentMib() {
        return mib("VmRSS:");
    }

    /** The most there ever was of that. */
    List<Long> peakMib() {
        return mib("VmHWM:");
    }

    private List<Long> mib(String what) {
        return nodes.stream().map(node -> mib(what, node.process().pid())).toList();
    }

    private static long mib(String what, long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))).stream()
                    .filter(line -> line.startsWith(what))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        nodes.forEach(Node::close);
    }
}
