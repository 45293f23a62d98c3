package io.flotilla.broker.grpc;

import static io.flotilla.broker.grpc.Door.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.FlotillaClient;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.InitProducerRequest;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.ProduceResponse;
import io.flotilla.v1.ProducerStamp;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A producer that sends every batch at least twice, over connections that break anywhere, while brokers stop and start: what
 * is in the log is what it wrote, once, in order, at the offsets it was told. {@code -Drepeat.rounds=100} for more.
 */
class RepeatsIT {
    private static final int ROUNDS = Integer.getInteger("repeat.rounds", 6);
    private static final int BATCHES = 64;
    private static final int BROKERS = 3;
    private static final String TOPIC = "repeats";

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final List<Long> offsets = new ArrayList<>(); // of the batches so far, as answered
    private Fleet fleet;
    private long producer;

    @BeforeEach
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, BROKERS, Map.of("leadership.balance-interval", "1s", "drain.timeout", "1s"));
        fleet.awaitReady();
        try (Door door = Door.to(fleet.clientPort(1))) {
            door.create(TOPIC, 1, BROKERS, Map.of());
            producer = door.producer()
                    .initProducer(InitProducerRequest.getDefaultInstance())
                    .getProducerId();
        }
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void everyBatchIsWrittenOnceAndInOrder() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            round(round);
        }

        assertThat(values()).as("seed %d", seed).isEqualTo(expected());
        assertThat(offsets)
                .as("seed %d", seed)
                .isEqualTo(IntStream.range(0, ROUNDS * BATCHES)
                        .mapToObj(i -> 2L * i)
                        .toList());
    }

    private void round(int round) throws Exception {
        int hurt = random.nextInt(BROKERS) + 1;
        int until = (round + 1) * BATCHES;
        int hurtAt = round * BATCHES + random.nextInt(BATCHES);
        boolean down = false;
        while (offsets.size() < until) {
            if (!down && offsets.size() >= hurtAt) {
                down = true;
                if (random.nextBoolean()) {
                    fleet.shutDown(hurt);
                } else {
                    fleet.close(hurt);
                }
            }
            int broker = random.nextInt(BROKERS) + 1;
            if (!(down && broker == hurt)) {
                talk(broker, until);
            }
        }
        if (down) {
            fleet.start(hurt);
            fleet.awaitReady();
        }
    }

    /** Sends what has no answer yet, each twice, and takes answers until something goes wrong or the line is cut. */
    private void talk(int broker, int until) throws InterruptedException {
        int first = offsets.size();
        int last = Math.min(until, first + 1 + random.nextInt(40));
        int answers = random.nextInt(2 * (last - first) + 1);
        try (Door door = Door.to(fleet.clientPort(broker));
                Talk<ProduceRequest, ProduceResponse> stream = door.produce()) {
            for (int i = first; i < last; i++) {
                stream.send(batch(i)).send(batch(i));
            }
            for (int i = 0; i < answers; i++) {
                Optional<ProduceResponse> answer = stream.next(Duration.ofSeconds(5));
                if (answer.isEmpty() || answer.get().hasError()) {
                    return; // whatever it is, it is sent again
                }
                if (answer.get().hasAppended()) {
                    take(
                            (int) answer.get().getCorrelationId(),
                            answer.get().getAppended().getBaseOffset());
                }
            }
        } catch (StatusRuntimeException e) {
            return; // the broker has gone
        }
    }

    private void take(int batch, long offset) {
        if (batch < offsets.size()) {
            assertThat(offset).as("of the repeat of batch %d", batch).isEqualTo(offsets.get(batch));
        } else {
            assertThat(batch).as("answers are in order").isEqualTo(offsets.size());
            offsets.add(offset);
        }
    }

    private ProduceRequest batch(int number) {
        return Door.batch(
                        TOPIC,
                        records(number + "a", number + "b")
                                .setProducer(ProducerStamp.newBuilder()
                                        .setProducerId(producer)
                                        .setBaseSequence(2 * number)))
                .setCorrelationId(number)
                .build();
    }

    private static List<String> expected() {
        return IntStream.range(0, ROUNDS * BATCHES)
                .boxed()
                .flatMap(i -> List.of(i + "a", i + "b").stream())
                .toList();
    }

    private List<String> values() throws InterruptedException {
        try (FlotillaClient client = fleet.client()) {
            List<StoredRecord> records = Topics.readAll(client, Topics.partition(TOPIC, 0));
            return records.stream()
                    .map(record -> record.value() == null ? "" : record.value().toStringUtf8())
                    .toList();
        }
    }
}
