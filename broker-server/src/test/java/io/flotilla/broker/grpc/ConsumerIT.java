package io.flotilla.broker.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.ConsumerConfig;
import io.flotilla.client.Delivery;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.GroupConsumer;
import io.flotilla.client.HandlerConfig;
import io.flotilla.client.HandlerConfig.Ordering;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.ReceivedRecord;
import io.flotilla.client.RetryPolicy;
import io.flotilla.client.Subscription;
import io.flotilla.raft.ratis.Await;
import io.flotilla.record.NewRecord;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.PartitionOffset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The Java client's consumers of groups: by polling, by handler and as a reactive stream. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsumerIT {
    private static final int PARTITIONS = 4;
    private static final Duration SOON = Duration.ofMillis(20);

    private Fleet fleet;
    private FlotillaClient client;
    private String topic = "";

    @BeforeAll
    void start(@TempDir Path root) throws Exception {
        fleet = Fleet.start(root, 3, Map.of("leadership.balance-interval", "1s", "drain.timeout", "1s"));
        fleet.awaitReady();
        client = fleet.client();
    }

    @BeforeEach
    void makeTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
        Topics.create(client, topic, PARTITIONS, 3);
    }

    @AfterAll
    void stop() {
        client.close();
        fleet.close();
    }

    @Test
    void whatIsPolledAndAckedIsNotDeliveredAgain() throws Exception {
        produce(0, 100);
        List<String> values = new ArrayList<>();
        try (GroupConsumer consumer = client.consumer(ConsumerConfig.of(topic, topic))) {
            take(consumer, values, 100);
        }
        assertThat(values).hasSize(100).doesNotHaveDuplicates();
        assertThat(committed()).isEqualTo(100);

        produce(100, 10);
        try (GroupConsumer consumer = client.consumer(ConsumerConfig.of(topic, topic))) {
            take(consumer, values, 110);
            assertThat(consumer.poll(SOON)).isNull();
        }

        assertThat(values).hasSize(110).doesNotHaveDuplicates();
    }

    @Test
    void membersThatReadThroughOneBrokerMissNothing() throws Exception {
        List<UnaryOperator<ConsumerConfig>> ways =
                List.of(config -> config.withSingleEndpoint(true), config -> config.withAtMostOnce(true));
        List<String> values = new ArrayList<>();
        for (int way = 0; way < ways.size(); way++) {
            produce(way * 50, 50);
            try (GroupConsumer consumer = client.consumer(ways.get(way).apply(ConsumerConfig.of(topic, topic)))) {
                take(consumer, values, (way + 1) * 50);
            }
            assertThat(committed()).isEqualTo((way + 1) * 50L);
        }
        assertThat(values).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void nothingIsProcessedTwiceByAMemberWhoseBrokerDrains() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (Subscription subscription = client.subscribe(
                ConsumerConfig.of(topic, topic),
                HandlerConfig.DEFAULT.withThreads(2),
                (partition, record) -> seen.add(value(record)))) {
            for (int round = 1; round <= 2; round++) {
                produce((round - 1) * 200, 100);
                fleet.shutDown(round);
                produce((round - 1) * 200 + 100, 100);
                fleet.start(round);
                fleet.awaitReady();
            }
            Await.until("all were processed", () -> new HashSet<>(seen).size() == 400);
            assertThat(subscription.ended()).isNotDone();
        }
        assertThat(seen).hasSize(400).doesNotHaveDuplicates();
        assertThat(committed()).isEqualTo(400);
    }

    @Test
    void recordsOfAKeyAreProcessedInOrderByManyThreads() {
        produce(0, 400);
        Map<String, Queue<Integer>> byKey = new ConcurrentHashMap<>();
        AtomicInteger count = new AtomicInteger();
        try (Subscription subscription = client.subscribe(
                ConsumerConfig.of(topic, topic),
                HandlerConfig.DEFAULT.withThreads(8).withOrdering(Ordering.BY_KEY),
                (partition, record) -> {
                    byKey.computeIfAbsent(
                                    Objects.requireNonNull(record.key()).toStringUtf8(),
                                    key -> new ConcurrentLinkedQueue<>())
                            .add(Integer.parseInt(value(record)));
                    count.incrementAndGet();
                })) {
            Await.until("all were processed", () -> count.get() == 400);
            Await.until("and committed", () -> committed() == 400);
            assertThat(subscription.ended()).isNotDone();
        }
        assertThat(byKey).hasSize(7);
        byKey.values().forEach(numbers -> assertThat(List.copyOf(numbers)).isSorted());
    }

    @Test
    void aRecordThatFailsIsTriedAgainAndThenGoesToTheDeadLetters() throws Exception {
        Topics.create(client, "dead." + topic, 1, 3);
        produce(0, 20);
        Queue<String> processed = new ConcurrentLinkedQueue<>();
        AtomicInteger attempts = new AtomicInteger();
        try (Subscription subscription = client.subscribe(
                ConsumerConfig.of(topic, topic),
                HandlerConfig.DEFAULT.withRetry(RetryPolicy.DEFAULT
                        .withRetries(2)
                        .withWaits(Duration.ofMillis(1), Duration.ofMillis(2))
                        .withDeadLetterTopic("dead." + topic)),
                (partition, record) -> {
                    if (value(record).equals("13")) {
                        attempts.incrementAndGet();
                        throw new IllegalStateException("thirteen");
                    }
                    processed.add(value(record));
                })) {
            Await.until("all are done with", () -> committed() == 20);
            assertThat(subscription.ended()).isNotDone();
        }
        assertThat(attempts).hasValue(3);
        assertThat(processed).hasSize(19);
        List<StoredRecord> dead = Topics.readAll(client, Topics.partition("dead." + topic, 0));
        assertThat(dead).hasSize(1);
        assertThat(value(dead.get(0))).isEqualTo("13");
        assertThat(dead.get(0).headers().toString()).contains("flotilla-topic", "flotilla-offset", "flotilla-error");
    }

    @Test
    void aRecordThatFailsForGoodEndsTheSubscriptionBeforeIt() {
        produce(0, 1);
        Subscription subscription = client.subscribe(
                ConsumerConfig.of(topic, topic),
                HandlerConfig.DEFAULT.withRetry(RetryPolicy.NONE),
                (partition, record) -> {
                    throw new IllegalStateException("never");
                });

        assertThatThrownBy(() -> subscription.ended().join()).hasRootCauseMessage("never");
        assertThat(committed()).isZero();
        subscription.close();
    }

    @Test
    void aReactiveSubscriberGetsAsManyAsItAsksFor() {
        produce(0, 50);
        Taker taker = new Taker();
        client.publisher(ConsumerConfig.of(topic, topic)).subscribe(taker);
        Flow.Subscription demand = taker.subscribed.join();

        demand.request(10);
        Await.until("ten came", () -> taker.records.size() == 10);
        demand.request(40);
        Await.until("the others came", () -> taker.records.size() == 50);

        taker.records.forEach(ReceivedRecord::ack);
        Await.until("all are committed", () -> committed() == 50);
        demand.cancel();
        Await.until(
                "it has left",
                () -> FlotillaClient.join(client.admin().group(topic)).getMembersCount() == 0);
        assertThat(taker.failure).isNotDone();
    }

    @Test
    void whatTheGroupRefusesIsThrownWhereItIsPolled() {
        try (GroupConsumer consumer = client.consumer(ConsumerConfig.of("no such name!", topic))) {
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(30))).hasMessageContaining("group is");
            assertThat(consumer.isClosed()).isTrue();
        }
    }

    /** Takes what it has asked for. */
    private static final class Taker implements Flow.Subscriber<ReceivedRecord> {
        private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
        private final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        private final Queue<ReceivedRecord> records = new ConcurrentLinkedQueue<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscribed.complete(subscription);
        }

        @Override
        public void onNext(ReceivedRecord record) {
            records.add(record);
        }

        @Override
        public void onError(Throwable error) {
            failure.complete(error);
        }

        @Override
        public void onComplete() {
            failure.complete(new IllegalStateException("a group has no end"));
        }
    }

    private static void take(GroupConsumer consumer, List<String> values, int until) throws InterruptedException {
        while (values.size() < until) {
            Delivery delivery = Objects.requireNonNull(consumer.poll(Duration.ofSeconds(30)));
            delivery.records().forEach(record -> values.add(value(record)));
            delivery.ack();
        }
    }

    private void produce(int from, int count) {
        Producer producer = FlotillaClient.join(client.producer(topic, ProducerConfig.DEFAULT));
        for (int i = from; i < from + count; i++) {
            var unused = producer.send(NewRecord.of(
                    ByteString.copyFromUtf8("key " + i % 7), ByteString.copyFromUtf8(Integer.toString(i))));
        }
        producer.close();
    }

    private long committed() {
        return FlotillaClient.join(client.admin().positions(topic)).stream()
                .mapToLong(PartitionOffset::getOffset)
                .sum();
    }

    private static String value(StoredRecord record) {
        return Objects.requireNonNull(record.value()).toStringUtf8();
    }
}
