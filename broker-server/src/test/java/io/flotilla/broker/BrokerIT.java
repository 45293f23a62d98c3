package io.flotilla.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.RecordAck;
import io.flotilla.record.NewRecord;
import io.flotilla.record.StoredRecord;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main job on real brokers. */
class BrokerIT {
    @TempDir
    Path root;

    @Test
    void aBrokerAloneTakesRecordsAndGivesThemBackInOrder() throws Exception {
        try (Fleet fleet = Fleet.start(root, 1);
                FlotillaClient client = fleet.client()) {
            Topics.create(client, "orders", 1, 1);

            assertThat(send(client, "orders", 0, 1000)).isEqualTo(offsets(0, 1000));
            assertThat(values(client, "orders")).isEqualTo(names(0, 1000));
        }
    }

    @Test
    void threeBrokersKeepWhatWasAcknowledgedThroughARestartOfAll() throws Exception {
        try (Fleet fleet = Fleet.start(root, 3)) {
            try (FlotillaClient client = fleet.client()) {
                Topics.create(client, "orders", 1, 3);
                assertThat(send(client, "orders", 0, 1000)).isEqualTo(offsets(0, 1000));
            }
            for (int id = 1; id <= 3; id++) {
                fleet.close(id);
            }
            for (int id = 1; id <= 3; id++) {
                fleet.start(id);
            }
            fleet.awaitReady();
            for (int id = 1; id <= 3; id++) {
                try (FlotillaClient client = fleet.clientOf(id)) {
                    assertThat(values(client, "orders")).isEqualTo(names(0, 1000));
                }
            }
            try (FlotillaClient client = fleet.client()) {
                assertThat(send(client, "orders", 1000, 2000)).isEqualTo(offsets(1000, 2000));
            }
        }
    }

    private static List<Long> send(FlotillaClient client, String topic, int from, int until) {
        List<CompletableFuture<RecordAck>> acks = new ArrayList<>();
        try (Producer producer = FlotillaClient.join(client.producer(topic, ProducerConfig.DEFAULT))) {
            names(from, until).forEach(name -> acks.add(producer.send(0, NewRecord.of("key", name))));
            FlotillaClient.join(producer.flush());
        }
        return acks.stream().map(ack -> FlotillaClient.join(ack).offset()).toList();
    }

    private static List<String> values(FlotillaClient client, String topic) throws InterruptedException {
        return Topics.readAll(client, Topics.partition(topic, 0)).stream()
                .map(StoredRecord::value)
                .map(value -> value == null ? "" : value.toStringUtf8())
                .toList();
    }

    private static List<String> names(int from, int until) {
        return IntStream.range(from, until).mapToObj("record-%06d"::formatted).toList();
    }

    private static List<Long> offsets(int from, int until) {
        return IntStream.range(from, until).mapToObj(i -> (long) i).toList();
    }
}
