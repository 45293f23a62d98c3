package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flotilla.v1.Acks;
import io.flotilla.v1.Compression;
import io.flotilla.v1.OffsetReset;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ConfigKeysTest {
    private static final Map<String, String> FILE = Map.of(
            "client.bootstrap", "one:7500, two",
            "client.request-timeout", "10s",
            "producer.compression", "zstd",
            "producer.batch-bytes", "1MiB",
            "producer.linger", "20ms",
            "producer.acks", "all",
            "consumer.group", "billing",
            "consumer.topics", "orders,returns",
            "consumer.reset", "end",
            "consumer.at-most-once", "true");

    @Test
    void oneFileConfiguresAllThree() {
        ClientConfig client = ClientConfig.from(FILE);
        ProducerConfig producer = ProducerConfig.from(FILE);
        ConsumerConfig consumer = ConsumerConfig.from(FILE);

        assertThat(client).isEqualTo(ClientConfig.of("one:7500,two:7400").withRequestTimeout(Duration.ofSeconds(10)));
        assertThat(producer)
                .isEqualTo(ProducerConfig.DEFAULT
                        .withCompression(Compression.COMPRESSION_ZSTD)
                        .withBatching(1 << 20, Duration.ofMillis(20))
                        .withAcks(Acks.ACKS_ALL));
        assertThat(consumer)
                .isEqualTo(ConsumerConfig.of("billing", "orders", "returns")
                        .withReset(OffsetReset.OFFSET_RESET_END)
                        .withAtMostOnce(true));
    }

    @Test
    void everyDefaultCanBeWritten() {
        Map<String, String> written = ProducerConfig.keys().keys().stream()
                .collect(Collectors.toMap(
                        ConfigKeys.Key::name,
                        key -> key.format().write(key.byDefault().orElseThrow())));

        assertThat(ProducerConfig.from(written)).isEqualTo(ProducerConfig.DEFAULT);
        assertThat(ProducerConfig.from(Map.of())).isEqualTo(ProducerConfig.DEFAULT);
    }

    @Test
    void aPatternStandsForTopics() {
        assertThat(ConsumerConfig.from(Map.of("consumer.group", "g", "consumer.topic-pattern", "web-.*")))
                .isEqualTo(ConsumerConfig.matching("g", "web-.*"));
    }

    @Test
    void allThatIsWrongIsSaidAtOnceAndTheNearestKeyNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProducerConfig.from(Map.of(
                        "producer.lingr",
                        "5ms",
                        "batch-bytes",
                        "1",
                        "producer.acks",
                        "most",
                        "producer.max-block",
                        "9")))
                .withMessage("""
                        there is no setting batch-bytes; did you mean producer.batch-bytes? %1$s lists them all
                        there is no setting producer.lingr; did you mean producer.linger? %1$s lists them all
                        producer.max-block is '9'; must be a duration with its unit: ms, s, m, h or d, such as 250ms or 10s
                        producer.acks is 'most'; must be one of all, quorum""".formatted("docs/client-configuration.md"));
    }

    @Test
    void whatHasNoDefaultMustBeThere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientConfig.from(Map.of()))
                .withMessage("client.bootstrap is not set; it must be");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConsumerConfig.from(Map.of("consumer.group", "g")))
                .withMessage("a consumer reads either topics or a topicPattern");
    }

    @Test
    void aValueOutOfRangeIsRefusedAsItsMethodDoes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ProducerConfig.from(Map.of("producer.batch-bytes", "0")))
                .withMessage("batchBytes is 0; must be more than 0");
    }
}
