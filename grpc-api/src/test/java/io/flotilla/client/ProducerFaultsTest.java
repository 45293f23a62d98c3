package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.Seeds;
import io.flotilla.error.FlotillaException;
import io.flotilla.error.GrpcErrors;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.ProduceEnvelope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends records while leaders move, brokers drain, batches are refused and connections break, and then compares what
 * the producer said with what the logs hold.
 */
class ProducerFaultsTest {
    private static final int PARTITIONS = 3;
    private static final int RECORDS = 600;

    private record Sent(int partition, String value, CompletableFuture<RecordAck> result) {}

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void whatIsAcknowledgedIsThereOnceAndInOrder(long seed) throws IOException {
        RandomGenerator random = Seeds.random(seed);
        List<Sent> sent = new ArrayList<>();
        try (FakeCluster cluster = new FakeCluster(3)) {
            cluster.createTopic("orders", PARTITIONS);
            cluster.faults(new RandomFaults(Seeds.random(seed + 1_000_000)));
            ProducerConfig config = ProducerConfig.DEFAULT
                    .withBatching(1 + random.nextInt(400), Duration.ofMillis(random.nextInt(3)))
                    .withMaxInFlightBatches(1 + random.nextInt(8));
            try (FlotillaClient client = FlotillaClient.connect(ClientConfig.of(cluster.bootstrap()))) {
                Producer producer = FlotillaClient.join(client.producer("orders", config));
                for (int i = 0; i < RECORDS; i++) {
                    int partition = random.nextInt(PARTITIONS);
                    String value = "value " + i;
                    sent.add(new Sent(partition, value, producer.send(partition, NewRecord.of("k", value))));
                    if (random.nextInt(40) == 0) {
                        int first = i < RECORDS / 2 ? 0 : 1; // broker 0 is gone by then
                        cluster.moveLeader(partition(random.nextInt(PARTITIONS)), random.nextInt(first, 3));
                    }
                    if (i == RECORDS / 2) {
                        cluster.broker(0).drain(1, List.of(partition(0), partition(1), partition(2)));
                    }
                }
                ProducerTest.get(producer.flush());
            }
            for (int partition = 0; partition < PARTITIONS; partition++) {
                check(partition, sent, cluster.values(partition(partition)));
            }
        }
    }

    private static TopicPartition partition(int partition) {
        return new TopicPartition("orders", partition);
    }

    private static void check(int partition, List<Sent> sent, List<String> log) {
        List<String> acknowledged = new ArrayList<>();
        Set<String> surelyNotWritten = new HashSet<>();
        for (Sent record : sent) {
            if (record.partition != partition) {
                continue;
            }
            assertThat(record.result).isDone();
            if (!record.result.isCompletedExceptionally()) {
                acknowledged.add(record.value);
                assertThat(log.get((int) record.result.join().offset())).isEqualTo(record.value);
            } else {
                FlotillaException failure = failure(record.result);
                if (!failure.ambiguous()) {
                    assertThat(failure.code()).isEqualTo(ErrorCode.ERROR_CODE_INVALID_TIMESTAMP);
                    surelyNotWritten.add(record.value);
                }
            }
        }
        assertThat(acknowledged).isNotEmpty();
        assertThat(log).doesNotHaveDuplicates().containsSubsequence(acknowledged);
        assertThat(log).noneMatch(surelyNotWritten::contains);
    }

    private static FlotillaException failure(CompletableFuture<?> result) {
        return GrpcErrors.from(result.handle((value, failure) -> failure).join());
    }

    /** Guarded by the cluster's lock. */
    private record RandomFaults(RandomGenerator random) implements FakeCluster.Faults {
        @Override
        public @Nullable FlotillaException refuse(int broker, ProduceEnvelope batch) {
            return switch (random.nextInt(40)) {
                case 0 ->
                    FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, "full")
                            .withRetryAfter(1);
                case 1 -> FlotillaException.of(ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE, "election");
                case 2 -> FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_TIMESTAMP, "never");
                default -> null;
            };
        }

        @Override
        public boolean breaksAfterWriting(int broker, ProduceEnvelope batch) {
            return random.nextInt(100) == 0;
        }
    }
}
