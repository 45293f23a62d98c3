package io.flotilla.cli.figures;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Prints of Apache Kafka what {@link RebalanceFiguresIT} prints of Flotilla, measured in the same way. Its three brokers must
 * run already: {@code -Drebalance.kafka=HOST:PORT}, with {@code group.consumer.session.timeout.ms} and {@code
 * group.consumer.min.session.timeout.ms} of 10000.
 */
@Tag("figures")
class KafkaRebalanceFiguresIT {
    private static final int PARTITIONS = 12;
    private static final short REPLICAS = 3;
    private static final int ROUNDS = Integer.getInteger("rebalance.rounds", 10);
    private static final String BOOTSTRAP = System.getProperty("rebalance.kafka", "");

    private final AtomicBoolean over = new AtomicBoolean();
    private final String topic = "orders-" + UUID.randomUUID();

    @TempDir
    Path root;

    @ParameterizedTest
    @ValueSource(strings = {"classic", "consumer"})
    void timeUntilAnotherMemberTakesOver(String protocol) throws Exception {
        assumeTrue(!BOOTSTRAP.isEmpty(), "needs Kafka: -Drebalance.kafka=HOST:PORT");
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, BOOTSTRAP))) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, REPLICAS)))
                    .all()
                    .get();
        }
        Thread load = new Thread(this::produce);
        load.start();
        try (KafkaConsumer<byte[], byte[]> stays = KafkaMember.consumer(BOOTSTRAP, protocol, topic)) {
            stays.subscribe(List.of(topic));
            report(protocol + ": a member leaves (SIGTERM)", protocol, stays, Process::destroy);
            report(protocol + ": a member is killed (SIGKILL)", protocol, stays, Process::destroyForcibly);
        } finally {
            over.set(true);
            load.join();
        }
    }

    private void report(String what, String protocol, KafkaConsumer<byte[], byte[]> stays, Consumer<Process> end)
            throws Exception {
        List<Long> times = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            times.add(round(protocol, stays, end));
        }
        times.sort(null);
        System.out.printf(
                "Kafka, %s: until another one processes its partitions, %d rounds: median %d ms, longest %d ms%n",
                what, ROUNDS, times.get(ROUNDS / 2), times.get(ROUNDS - 1));
    }

    private long round(String protocol, KafkaConsumer<byte[], byte[]> stays, Consumer<Process> end)
            throws IOException, InterruptedException {
        Process goes = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KafkaMember.class.getName(),
                        BOOTSTRAP,
                        protocol,
                        topic,
                        topic)
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("goes.out").toFile())
                .start();
        try {
            while (stays.assignment().size() != PARTITIONS / 2) {
                poll(stays, new HashSet<>());
            }
            long settled = System.nanoTime() + TimeUnit.SECONDS.toNanos(2); // the other has its half too
            while (System.nanoTime() < settled) {
                poll(stays, new HashSet<>());
            }
            Set<Integer> seen = new HashSet<>();
            new Thread(() -> end.accept(goes)).start();
            long start = System.nanoTime();
            while (seen.size() < PARTITIONS) {
                poll(stays, seen);
            }
            return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        } finally {
            goes.destroyForcibly().waitFor();
        }
    }

    private static void poll(KafkaConsumer<byte[], byte[]> consumer, Set<Integer> seen) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            seen.add(record.partition());
        }
    }

    /** A record for each partition every 20 ms. */
    private void produce() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, BOOTSTRAP),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            while (!over.get()) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    var unused = producer.send(new ProducerRecord<>(topic, partition, null, new byte[] {'x'}));
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
