package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.Node;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.RecordAck;
import io.flotilla.raft.FreePorts;
import io.flotilla.record.NewRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The life of one cluster of three brokers, and a fourth, as its operator sees it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
    @TempDir
    static Path root;

    private static List<Node> voters;
    private static Node fourth;

    @BeforeAll
    static void startACluster() {
        voters = Node.voters(root, 3);
        fourth = Node.joining(root, 4, voters.get(0));
        voters.forEach(Node::start);
        Run run = flotilla("cluster", "wait", "--healthy", "--brokers", "3", "--timeout", "60s");
        assertThat(run.exit()).as(run.err() + voters.get(0).process().err()).isZero();
    }

    @AfterAll
    static void close() {
        voters.forEach(Node::close);
        fourth.close();
    }

    @Test
    @Order(1)
    void keepsAFileThroughProduceAndConsumeOnDifferentBrokers() throws IOException {
        String lines =
                IntStream.range(0, 5000).mapToObj("GET /page/%d\r\n"::formatted).collect(Collectors.joining());
        Path file = Files.writeString(root.resolve("access.log"), lines);
        Run created = flotilla("topic", "create", "web", "--partitions", "6", "--replication-factor", "3");

        Run produced = Run.of(
                "produce", "web", "--file", file.toString(), "-b", voters.get(0).address());
        Run consumed = Run.of(
                "consume",
                "web",
                "--from",
                "start",
                "--exit-at-end",
                "-b",
                voters.get(1).address());

        assertThat(created.exit()).as(created.err()).isZero();
        assertThat(produced.exit()).as(produced.err()).isZero();
        assertThat(consumed.out().split("\n", -1)).containsExactlyInAnyOrder(lines.split("\n", -1));
        assertThat(flotilla("topic", "list", "-o", "name").out()).isEqualTo("web\n");
        assertThat(flotilla("topic", "describe", "web", "-o", "json").out())
                .contains("\"replicationFactor\": 3", "\"state\": \"STATE_LEADER\"", "\"highWatermark\"");
    }

    @Test
    @Order(2)
    void losesNothingWhenABrokerIsToldToStopUnderLoad() throws Exception {
        Node leaving = voters.get(2);
        AtomicBoolean enough = new AtomicBoolean();
        List<CompletableFuture<RecordAck>> acks = new ArrayList<>();
        flotilla("topic", "create", "drained", "--partitions", "6", "--replication-factor", "3");
        int exit;
        try (FlotillaClient client = FlotillaClient.connect(ClientConfig.of(bootstrap()))) {
            Producer producer = FlotillaClient.join(client.producer("drained", ProducerConfig.DEFAULT));
            Thread load = new Thread(() -> {
                for (int i = 0; !enough.get() && i < 200_000; i++) {
                    acks.add(producer.send(i % 6, record(i)));
                }
            });
            load.start();
            Await.until(() -> "some records are on their way", () -> producer.bufferedBytes() > 0);

            exit = leaving.process().terminate();

            enough.set(true);
            load.join();
            producer.close();
        }
        assertThat(exit).isZero();
        assertThat(acks).isNotEmpty().allSatisfy(ack -> assertThat(ack).isCompleted());
        Run consumed = Run.of("consume", "drained", "--exit-at-end", "-b", bootstrap());
        assertThat(consumed.out().lines().sorted().toList())
                .isEqualTo(IntStream.range(0, acks.size())
                        .mapToObj(ClusterIT::value)
                        .sorted()
                        .toList());
        leaving.start();
        assertThat(flotilla("cluster", "wait", "--healthy", "--timeout", "60s").exit())
                .isZero();
    }

    private static NewRecord record(int i) {
        return NewRecord.of(ByteString.copyFrom(value(i), StandardCharsets.US_ASCII));
    }

    private static String value(int i) {
        return "%08d".formatted(i);
    }

    @Test
    @Order(3)
    void saysWhatIsWrongWhileABrokerIsDownAndStaysQuietInItsLog() {
        Node killed = voters.get(1);
        killed.process().kill();
        Await.until(
                () -> "the cluster notices", () -> flotilla("cluster", "health").exit() == 10);

        Run health = flotilla("cluster", "health", "-o", "json");
        Run partitions = flotilla("partition", "list", "--unhealthy", "-o", "name");
        Run produced = Run.withInput("still here\n", "produce", "web", "-b", bootstrap());

        assertThat(health.out()).contains("\"healthy\": false", "\"code\": \"brokers_offline\"");
        assertThat(partitions.out().lines()).hasSize(12);
        assertThat(produced.exit()).as(produced.err()).isZero();
        assertThat(voters.get(0).process().err().lines().filter(line -> line.contains(" WARN ")))
                .hasSizeLessThan(40);
        killed.start();
        assertThat(flotilla("cluster", "wait", "--healthy", "--timeout", "60s").exit())
                .isZero();
    }

    @Test
    @Order(4)
    void takesAFourthBrokerIn() {
        fourth.start();

        Run waited = flotilla("cluster", "wait", "--healthy", "--brokers", "4", "--timeout", "60s");

        assertThat(waited.exit())
                .as(waited.out() + waited.err() + fourth.process().err())
                .isZero();
        assertThat(Run.of("topic", "list", "-o", "name", "-b", fourth.address()).out())
                .isEqualTo("drained\nweb\n");
        assertThat(Run.of("broker", "list", "-o", "name", "-b", fourth.address())
                        .out())
                .isEqualTo("1\n2\n3\n4\n");
    }

    @Test
    @Order(5)
    void refusesToStartOnAnotherBrokersDirectoryOrPort() {
        Node first = voters.get(0);

        Run foreign = Run.of("server", "--id", "9", "--data", first.data().toString());
        Run taken = Run.of(
                "server",
                "--data",
                root.resolve("new").toString(),
                "--port",
                first.address().substring(first.address().indexOf(':') + 1),
                "--raft-port",
                Integer.toString(FreePorts.row(1)),
                "--http-port",
                "-1");

        assertThat(foreign.exit()).isEqualTo(1);
        assertThat(foreign.err()).contains("is in use by another process", "next: ");
        assertThat(taken.exit()).isEqualTo(1);
        assertThat(taken.err()).contains("cannot start broker 1", "next: ", "--port");
    }

    @Test
    @Order(6)
    void holdsTheSameBytesOnEveryBrokerOnceStopped() {
        List<Node> all = new ArrayList<>(voters);
        all.add(fourth);

        all.forEach(node -> assertThat(node.process().terminate()).isZero());
        Run good = verify("-o", "ndjson");

        assertThat(good.exit()).as(good.err()).isZero();
        assertThat(good.out().lines()).hasSize(36).noneMatch(line -> line.contains("\"problem\""));
        assertThat(good.err()).contains("36 logs of 12 partitions: all good");
    }

    @Test
    @Order(7)
    void dumpsTheRecordsInAStoppedBrokersFiles() {
        Run dump = Run.of("log", "dump", voters.get(0).data().toString(), "--records", "-o", "ndjson");

        assertThat(dump.exit()).isZero();
        assertThat(dump.out()).contains("\"baseOffset\":0,", "\"value\":\"GET /page/");
    }

    @Test
    @Order(8)
    void findsAReplicaThatWasDamaged() throws IOException {
        Path segment;
        try (var files = Files.walk(voters.get(0).data().resolve("partitions"))) {
            segment = files.filter(file -> file.toString().endsWith(".log"))
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);

        Run run = verify();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("not good");
        assertThat(run.out()).contains(segment.getFileName().toString());
    }

    @Test
    @Order(9)
    void refusesADirectoryThatBelongsToAnotherBroker() {
        Run run = Run.of("server", "--id", "9", "--data", voters.get(1).data().toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("belongs to broker 2, not 9", "next: ");
    }

    private static Run verify(String... options) {
        List<String> args = new ArrayList<>(List.of("log", "verify"));
        voters.forEach(node -> args.add(node.data().toString()));
        args.add(fourth.data().toString());
        args.addAll(List.of(options));
        return Run.of(args.toArray(String[]::new));
    }

    private static String bootstrap() {
        return voters.stream().map(Node::address).collect(Collectors.joining(","));
    }

    private static Run flotilla(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("-b");
        all.add(bootstrap());
        return Run.of(all.toArray(String[]::new));
    }
}
