package io.flotilla.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.client.ConsumerConfig;
import io.flotilla.client.Delivery;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.GroupConsumer;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.record.NewRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@FlotillaTest(
        topics = {@TestTopic(name = "orders", partitions = 3), @TestTopic(name = "payments")},
        settings = "group.max-members = 3")
class FlotillaTestIT {
    private static int portBeforeAll;

    @BeforeAll
    static void isThereBeforeTheTests(FlotillaBroker broker) {
        portBeforeAll = broker.port();
    }

    @Test
    void hasTheTopicsThatWereAskedFor(FlotillaClient client) {
        assertThat(FlotillaClient.join(client.topic("orders")).partitionCount()).isEqualTo(3);
        assertThat(FlotillaClient.join(client.topic("payments")).partitionCount())
                .isEqualTo(1);
    }

    @Test
    void givesBackWhatWasWritten(FlotillaBroker broker, FlotillaClient client) throws Exception {
        broker.createTopic("back", 1);
        Producer producer = FlotillaClient.join(client.producer("back", ProducerConfig.DEFAULT));
        FlotillaClient.join(producer.send(NewRecord.of("key", "value")));

        try (GroupConsumer consumer = client.consumer(ConsumerConfig.of("tests", "back"))) {
            Delivery delivery = Objects.requireNonNull(consumer.poll(Duration.ofSeconds(30)));

            assertThat(Objects.requireNonNull(delivery.records().get(0).value()).toStringUtf8())
                    .isEqualTo("value");
            delivery.ack();
        }
    }

    @Nested
    class InANestedClass {
        @Test
        void itIsTheSameBroker(FlotillaBroker broker) {
            assertThat(broker.port()).isEqualTo(portBeforeAll);
        }
    }

    @Test
    void brokersDoNotMeetAndLeaveNothingBehind(FlotillaBroker broker) {
        Path directory;
        try (FlotillaBroker other = FlotillaBroker.start()) {
            directory = other.directory();
            assertThat(other.port()).isNotEqualTo(broker.port());
            assertThat(directory).isNotEmptyDirectory();
            assertThat(FlotillaClient.join(other.client().admin().topics())).isEmpty();
        }
        assertThat(Files.exists(directory)).isFalse();
    }

    @Test
    void aSettingThatDoesNotExistIsNamed() {
        assertThatThrownBy(() -> FlotillaBroker.start(Map.of("group.max-membres", "3")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("group.max-membres")
                .hasMessageContaining("group.max-members");
    }
}
