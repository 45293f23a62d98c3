package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.Murmur2;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.wire.ProduceEnvelope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A producer against brokers that move, drain, crash and refuse. */
class ProducerTest {
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);

    private final FakeCluster cluster;
    private final FlotillaClient client;

    ProducerTest() throws IOException {
        cluster = new FakeCluster(2);
        client = FlotillaClient.connect(ClientConfig.of(cluster.bootstrap()));
    }

    @BeforeEach
    void createTopic() {
        cluster.createTopic("orders", 2);
    }

    @AfterEach
    void stop() {
        cluster.faults(new FakeCluster.Faults() {});
        client.close();
        cluster.close();
    }

    @Test
    void acknowledgesEachRecordWithItsOffsetInTheOrderSent() {
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(500, Duration.ofMillis(5)));

        List<CompletableFuture<RecordAck>> results = IntStream.range(0, 500)
                .mapToObj(i -> producer.send(0, value(i)))
                .toList();

        for (int i = 0; i < 500; i++) {
            assertThat(get(results.get(i)).offset()).isEqualTo(i);
            assertThat(get(results.get(i)).partition()).isZero();
        }
        assertThat(cluster.values(P0)).isEqualTo(values(0, 500));
        Await.until("the memory is free again", () -> producer.bufferedBytes() == 0);
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"COMPRESSION_GZIP", "COMPRESSION_SNAPPY", "COMPRESSION_LZ4", "COMPRESSION_ZSTD"})
    void writesCompressedBatches(Compression compression) {
        Producer producer = producer(ProducerConfig.DEFAULT.withCompression(compression));
        String text = "the same again ".repeat(100);

        get(producer.send(0, NewRecord.of("k", text)));

        assertThat(cluster.values(P0)).containsExactly(text);
        assertThat(cluster.log(P0).frames.get(0).size()).isLessThan(text.length());
    }

    @Test
    void sendsKeysWhereKafkaWouldAndStampsRecords() {
        Producer producer = producer(ProducerConfig.DEFAULT);

        for (int i = 0; i < 20; i++) {
            RecordAck ack = get(producer.send(NewRecord.of("key " + i, "v")));
            assertThat(ack.partition()).isEqualTo(Murmur2.partition(ByteString.copyFromUtf8("key " + i), 2));
        }

        assertThat(cluster.records(P0))
                .isNotEmpty()
                .allSatisfy(record -> assertThat(record.timestampMs()).isGreaterThan(1_600_000_000_000L));
    }

    @Test
    void spreadsRecordsWithoutAKeyBatchByBatch() {
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(1000, Duration.ofMillis(1)));

        List<CompletableFuture<RecordAck>> results = IntStream.range(0, 200)
                .mapToObj(i -> producer.send(NewRecord.of(ByteString.copyFrom(new byte[50]))))
                .toList();
        get(producer.flush());

        assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());

        assertThat(cluster.records(P0)).hasSizeGreaterThan(50);
        assertThat(cluster.records(P1)).hasSizeGreaterThan(50);
    }

    @Test
    void followsALeaderThatMoves() {
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(300, Duration.ofMillis(1)));
        List<CompletableFuture<RecordAck>> results = new ArrayList<>();

        for (int i = 0; i < 300; i++) {
            results.add(producer.send(0, value(i)));
            if (i % 50 == 25) {
                cluster.moveLeader(P0, i / 50 % 2);
            }
        }

        for (CompletableFuture<RecordAck> result : results) {
            get(result);
        }
        assertThat(cluster.values(P0)).isEqualTo(values(0, 300));
    }

    @Test
    void losesNothingWhileABrokerDrains() {
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(300, Duration.ofMillis(1)));
        List<CompletableFuture<RecordAck>> results = new ArrayList<>();

        for (int i = 0; i < 300; i++) {
            results.add(producer.send(0, value(i)));
            if (i == 150) {
                get(results.get(10));
                cluster.broker(0).drain(1, List.of(P0));
            }
        }

        for (CompletableFuture<RecordAck> result : results) {
            get(result);
        }
        assertThat(cluster.values(P0)).isEqualTo(values(0, 300));
    }

    @Test
    void movesToAnotherStreamOnlyWhenTheOldOneHasAnswered() {
        cluster.moveLeader(P1, 0);
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public boolean holds(int broker, ProduceEnvelope batch) {
                return batch.partition() == 0
                        && cluster.broker(0).produceCalls().size() == 1;
            }
        });
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(1, Duration.ZERO));
        CompletableFuture<RecordAck> first = producer.send(0, value(1));
        Await.until("the first batch is held", () -> cluster.broker(0).heldBatches() == 1);
        cluster.broker(0).drainProducers();
        Await.until("another partition has moved", () -> {
            get(producer.send(1, value(0)));
            return cluster.broker(0).produceCalls().size() == 2;
        });

        CompletableFuture<RecordAck> second = producer.send(0, value(2));
        get(producer.send(1, value(0)));

        assertThat(cluster.values(P0)).isEmpty();
        cluster.faults(new FakeCluster.Faults() {});
        cluster.broker(0).release();
        get(first);
        get(second);
        assertThat(cluster.values(P0)).containsExactly("value 1", "value 2");
        Await.until(
                "the old stream is gone", () -> cluster.broker(0).produceCalls().size() == 1);
    }

    @Test
    void aBatchWhoseAnswerWasLostIsWrittenOnce() {
        cluster.faults(breakingOnce());
        Producer producer = producer(ProducerConfig.DEFAULT);

        RecordAck ack = get(producer.send(0, value(1)));
        get(producer.send(0, value(2)));

        assertThat(ack.offset()).isZero();
        assertThat(cluster.values(P0)).containsExactly("value 1", "value 2");
    }

    @Test
    void aProducerThatWasForgottenGoesOn() {
        Producer producer = producer(ProducerConfig.DEFAULT);
        get(producer.send(0, value(1)));
        cluster.forgetProducers(P0);

        get(producer.send(0, value(2)));
        get(producer.send(0, value(3)));

        assertThat(cluster.values(P0)).containsExactly("value 1", "value 2", "value 3");
    }

    @Test
    void whatIsBehindABatchThatWasGivenUpIsWrittenInOrder() {
        AtomicInteger batches = new AtomicInteger();
        cluster.faults(refusing(batch -> batches.incrementAndGet() == 3, ErrorCode.ERROR_CODE_INVALID_TIMESTAMP));
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(1, Duration.ZERO));
        List<CompletableFuture<RecordAck>> results = new ArrayList<>();

        cluster.run(() -> IntStream.range(0, 8).forEach(i -> results.add(producer.send(0, value(i)))));

        assertFails(results.get(2), ErrorCode.ERROR_CODE_INVALID_TIMESTAMP, false);
        get(results.get(7));
        List<String> rest = new ArrayList<>(values(0, 8));
        rest.remove(2);
        assertThat(cluster.values(P0)).isEqualTo(rest);
    }

    @Test
    void producersDoNotGetIntoEachOthersWay() {
        Producer one = producer(ProducerConfig.DEFAULT);
        Producer other = producer(ProducerConfig.DEFAULT);

        get(one.send(0, value(1)));
        get(other.send(0, value(2)));
        get(one.send(0, value(3)));

        assertThat(cluster.values(P0)).containsExactly("value 1", "value 2", "value 3");
    }

    private static FakeCluster.Faults breakingOnce() {
        AtomicInteger batches = new AtomicInteger();
        return new FakeCluster.Faults() {
            @Override
            public boolean breaksAfterWriting(int broker, ProduceEnvelope batch) {
                return batches.incrementAndGet() == 1;
            }
        };
    }

    @Test
    void triesAgainWhatWasRefusedForNow() {
        AtomicInteger refused = new AtomicInteger();
        cluster.faults(refusing(batch -> refused.incrementAndGet() <= 3, ErrorCode.ERROR_CODE_OVERLOADED));
        Producer producer = producer(ProducerConfig.DEFAULT);

        get(producer.send(0, value(1)));

        assertThat(refused).hasValue(4);
        assertThat(cluster.values(P0)).containsExactly("value 1");
    }

    @Test
    void givesUpAtOnceWhatCannotBeHelped() {
        AtomicInteger attempts = new AtomicInteger();
        cluster.faults(refusing(batch -> attempts.incrementAndGet() <= 1, ErrorCode.ERROR_CODE_INVALID_TIMESTAMP));
        Producer producer = producer(ProducerConfig.DEFAULT);

        assertFails(producer.send(0, value(1)), ErrorCode.ERROR_CODE_INVALID_TIMESTAMP, false);
        get(producer.send(0, value(2)));

        assertThat(attempts).hasValue(2);
        assertThat(cluster.values(P0)).containsExactly("value 2");
    }

    @Test
    void sendsADamagedBatchOnceMoreOnly() {
        AtomicInteger attempts = new AtomicInteger();
        cluster.faults(refusing(
                batch -> {
                    attempts.incrementAndGet();
                    return true;
                },
                ErrorCode.ERROR_CODE_CORRUPT_BATCH));
        Producer producer = producer(ProducerConfig.DEFAULT);

        assertFails(producer.send(0, value(1)), ErrorCode.ERROR_CODE_CORRUPT_BATCH, false);

        assertThat(attempts).hasValue(2);
    }

    @Test
    void keepsTheOrderWhenOneOfManyInFlightIsRefused() {
        List<Boolean> continued = Collections.synchronizedList(new ArrayList<>());
        cluster.faults(refusing(
                batch -> {
                    continued.add(batch.hasLeaderEpoch());
                    return continued.size() == 3;
                },
                ErrorCode.ERROR_CODE_OVERLOADED));
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(1, Duration.ZERO));
        List<CompletableFuture<RecordAck>> results = new ArrayList<>();

        cluster.run(() -> IntStream.range(0, 8).forEach(i -> results.add(producer.send(0, value(i)))));

        results.forEach(ProducerTest::get);
        assertThat(cluster.values(P0)).isEqualTo(values(0, 8));
        assertThat(continued)
                .as("asked of: the first alone, some until one is refused, the next alone, the rest")
                .startsWith(false, true, true, false, true);
    }

    @Test
    void aBatchIsNotOvertakenEvenIfTheBrokerTakesWhatComesBehindIt() {
        AtomicInteger batches = new AtomicInteger();
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public @Nullable FlotillaException refuse(int broker, ProduceEnvelope batch) {
                return batches.incrementAndGet() == 2
                        ? FlotillaException.of(ErrorCode.ERROR_CODE_OVERLOADED, "full")
                        : null;
            }

            @Override
            public boolean letsBatchesOvertake() {
                return true;
            }
        });
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(1, Duration.ZERO));
        List<CompletableFuture<RecordAck>> results = new ArrayList<>();
        cluster.run(() -> IntStream.range(0, 5).forEach(i -> results.add(producer.send(0, value(i)))));

        results.forEach(ProducerTest::get);

        assertThat(cluster.values(P0)).isEqualTo(values(0, 5));
    }

    @Test
    void closingInTheCallbackOfAResultDoesNotWaitForItself() {
        Producer producer = producer(ProducerConfig.DEFAULT);

        get(producer.send(0, value(1)).thenRun(producer::close));

        get(producer.flush());
        assertThat(cluster.values(P0)).containsExactly("value 1");
    }

    @Test
    void whatMayHaveBeenWrittenAtFirstStaysOpenWhateverComesLater() {
        AtomicInteger attempts = new AtomicInteger();
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public @Nullable FlotillaException refuse(int broker, ProduceEnvelope batch) {
                return attempts.incrementAndGet() == 2
                        ? FlotillaException.of(ErrorCode.ERROR_CODE_INVALID_TIMESTAMP, "never")
                        : null;
            }

            @Override
            public boolean breaksAfterWriting(int broker, ProduceEnvelope batch) {
                return true;
            }
        });
        Producer producer = producer(ProducerConfig.DEFAULT);

        assertFails(producer.send(0, value(1)), ErrorCode.ERROR_CODE_TIMED_OUT, true);
    }

    @Test
    void aBatchWhoseTimeIsUpOnItsWayDoesNotBreakTheStreamOfTheOthers() {
        cluster.createTopic("wide", 3); // broker 0 leads partitions 0 and 2
        AtomicBoolean held = new AtomicBoolean();
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public boolean holds(int broker, ProduceEnvelope batch) {
                return held.compareAndSet(false, true);
            }
        });
        Producer producer = get(client.producer(
                "wide", ProducerConfig.DEFAULT.withTimeouts(Duration.ofMillis(1), Duration.ofSeconds(30))));
        CompletableFuture<RecordAck> late = producer.send(0, value(0));
        Await.until("it is held", held::get);
        for (int i = 1; i < 300; i++) {
            get(producer.send(2, value(i))); // which takes longer than the one that is held has
        }

        cluster.broker(0).release();

        get(late);
    }

    @Test
    void failsWhatCannotBeDeliveredInTime() {
        cluster.faults(refusing(batch -> true, ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE));
        Producer producer =
                producer(ProducerConfig.DEFAULT.withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(300)));

        CompletableFuture<RecordAck> result = producer.send(0, value(1));

        assertFails(result, null, false);
        assertThat(cluster.values(P0)).isEmpty();
    }

    @Test
    void failsWithoutAnyConnectionOnceTheTimeIsUp() {
        Producer producer =
                producer(ProducerConfig.DEFAULT.withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(500)));
        get(producer.send(0, value(0)));
        cluster.broker(0).crash();
        Await.until("a batch is given up unsent", () -> {
            FlotillaException failure = failure(producer.send(0, value(1)));
            return failure != null && failure.code() == ErrorCode.ERROR_CODE_TIMED_OUT && !failure.ambiguous();
        });

        cluster.broker(0).restart();

        Await.until("the broker is found again", () -> failure(producer.send(0, value(2))) == null);
        assertThat(cluster.values(P0)).containsExactly("value 0", "value 2");
    }

    @Test
    void givesUpABrokerThatFallsSilent() {
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public boolean ignores(int broker, ProduceEnvelope batch) {
                return true;
            }
        });
        Producer producer =
                producer(ProducerConfig.DEFAULT.withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(1)));

        assertFails(producer.send(0, value(1)), ErrorCode.ERROR_CODE_TIMED_OUT, true);
    }

    @Test
    void waitsForMemoryAndThenFails() {
        AtomicInteger held = new AtomicInteger();
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public boolean ignores(int broker, ProduceEnvelope batch) {
                held.incrementAndGet();
                return true;
            }
        });
        Producer producer = producer(ProducerConfig.DEFAULT
                .withBuffer(1000, Duration.ofMillis(100))
                .withTimeouts(Duration.ofMillis(100), Duration.ofSeconds(1)));

        CompletableFuture<RecordAck> first = producer.send(0, NewRecord.of("k", "x".repeat(900)));
        CompletableFuture<RecordAck> second = producer.send(0, NewRecord.of("k", "x".repeat(900)));

        assertFails(second, ErrorCode.ERROR_CODE_TIMED_OUT, false);
        assertThat(producer.bufferedBytes()).isBetween(900L, 1000L);
        cluster.faults(new FakeCluster.Faults() {});
        assertFails(first, ErrorCode.ERROR_CODE_TIMED_OUT, true);
        get(producer.send(0, NewRecord.of("k", "x".repeat(900))));
        assertThat(held).hasValue(1);
    }

    @Test
    void resultsMaySendMoreEvenWhenMemoryIsFull() {
        Producer producer = producer(ProducerConfig.DEFAULT.withBuffer(200, Duration.ofSeconds(60)));
        CompletableFuture<RecordAck> last = producer.send(0, value(0));

        for (int i = 1; i < 100; i++) {
            int next = i;
            last = last.thenCompose(ack -> producer.send(0, value(next)));
        }

        assertThat(get(last).offset()).isEqualTo(99);
    }

    @Test
    void refusesRecordsThatNoBatchCanHold() {
        Producer producer = producer(ProducerConfig.DEFAULT);

        CompletableFuture<RecordAck> result = producer.send(0, NewRecord.of("k", "x".repeat(100_000)));

        assertFails(result, ErrorCode.ERROR_CODE_BATCH_TOO_LARGE, false);
        assertThatThrownBy(() -> producer.send(2, value(1))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void closeSendsWhatIsLeft() {
        Producer producer = producer(ProducerConfig.DEFAULT.withBatching(100_000, Duration.ofHours(1)));
        List<CompletableFuture<RecordAck>> results = IntStream.range(0, 50)
                .mapToObj(i -> producer.send(i % 2, value(i)))
                .toList();

        producer.close();

        assertThat(results).allSatisfy(result -> assertThat(result).isCompleted());
        assertThat(cluster.values(P0)).hasSize(25);
        assertThatThrownBy(() -> producer.send(0, value(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesATopicThatWasCreatedAgain() {
        Producer producer = producer(ProducerConfig.DEFAULT);
        cluster.recreateTopic("orders", "another id      ");

        assertFails(producer.send(0, value(1)), ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH, false);
    }

    @Test
    void reportsAnUnknownTopic() {
        assertThatThrownBy(() -> FlotillaClient.join(client.producer("nowhere", ProducerConfig.DEFAULT)))
                .isInstanceOfSatisfying(
                        FlotillaException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION));
    }

    private interface Refusal {
        boolean of(ProduceEnvelope batch);
    }

    private static FakeCluster.Faults refusing(Refusal refusal, ErrorCode code) {
        return new FakeCluster.Faults() {
            @Override
            public @Nullable FlotillaException refuse(int broker, ProduceEnvelope batch) {
                return refusal.of(batch) ? FlotillaException.of(code, "refused by the test") : null;
            }
        };
    }

    private Producer producer(ProducerConfig config) {
        return FlotillaClient.join(client.producer("orders", config));
    }

    private static NewRecord value(int i) {
        return NewRecord.of("key", "value " + i);
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "value " + i).toList();
    }

    static <T> T get(CompletableFuture<T> result) {
        return FlotillaClient.join(result.orTimeout(20, TimeUnit.SECONDS));
    }

    private static @Nullable FlotillaException failure(CompletableFuture<?> result) {
        try {
            get(result);
            return null;
        } catch (FlotillaException e) {
            return e;
        }
    }

    private static void assertFails(CompletableFuture<?> result, @Nullable ErrorCode code, boolean ambiguous) {
        ThrowingCallable waiting = () -> get(result);
        assertThatThrownBy(waiting).isInstanceOfSatisfying(FlotillaException.class, e -> {
            assertThat(e.ambiguous()).isEqualTo(ambiguous);
            if (code != null) {
                assertThat(e.code()).isEqualTo(code);
            }
        });
    }
}
