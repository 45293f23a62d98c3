package io.flotilla.cli.figures;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A process that is a member of a group of Apache Kafka, until it is told to stop: BOOTSTRAP PROTOCOL GROUP TOPIC. It then
 * closes its consumer, which leaves the group.
 */
final class KafkaMember {
    private static final Duration WAIT = Duration.ofMillis(100);

    private KafkaMember() {}

    public static void main(String[] args) {
        KafkaConsumer<byte[], byte[]> consumer = consumer(args[0], args[1], args[2]);
        CountDownLatch closed = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            consumer.wakeup();
            try {
                closed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (consumer) {
            consumer.subscribe(List.of(args[3]));
            while (true) {
                consumer.poll(WAIT);
            }
        } catch (WakeupException e) {
            // it is told to stop
        } finally {
            closed.countDown();
        }
    }

    /** With a session of ten seconds, as Flotilla's is by default; the rest as Kafka's defaults are. */
    static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String protocol, String group) {
        Map<String, Object> config = new HashMap<>(Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ConsumerConfig.GROUP_PROTOCOL_CONFIG, protocol,
                ConsumerConfig.GROUP_ID_CONFIG, group));
        if (protocol.equals("classic")) {
            config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000); // of the other protocol the brokers decide
        }
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
