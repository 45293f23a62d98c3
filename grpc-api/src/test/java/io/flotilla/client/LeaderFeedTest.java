package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.Seeds;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A member of a group that reads from the leaders: what it hands out, commits, gives up and takes up again. */
class LeaderFeedTest {
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(50);
    private static final int NEVER_MS = 600_000;

    private final FakeCluster cluster;
    private final FakeGroup group;
    private final FlotillaClient client;

    LeaderFeedTest() throws IOException {
        cluster = new FakeCluster(2);
        group = cluster.group();
        client = FlotillaClient.connect(ClientConfig.of(cluster.bootstrap()));
    }

    @BeforeEach
    void createTopic() {
        cluster.createTopic("orders", 2);
    }

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
        assertThat(group.anomalies()).isEmpty();
    }

    private GroupConsumer consumer() {
        return client.consumer(ConsumerConfig.of("g", "orders"));
    }

    @Test
    void readsFromEachLeaderAndCommitsWhatIsAcked() throws InterruptedException {
        append(P0, 0, 20);
        append(P1, 0, 10);
        group.assign(P0, P1);
        try (GroupConsumer consumer = consumer()) {
            Map<TopicPartition, List<String>> read = take(consumer, 30);

            assertThat(read.get(P0)).isEqualTo(values(0, 20));
            assertThat(read.get(P1)).isEqualTo(values(0, 10));
            assertThat(cluster.broker(0).consumeCalls()).hasSize(1);
            assertThat(cluster.broker(1).consumeCalls()).hasSize(1);
        }
        assertThat(group.committed(P0)).isEqualTo(20);
        assertThat(group.committed(P1)).isEqualTo(10);
        assertThat(group.departures()).isEqualTo(1);
    }

    @Test
    void goesOnFromTheCommittedPosition() throws InterruptedException {
        append(P0, 0, 20);
        group.goOnInstead(P0, 15);
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            assertThat(take(consumer, 5).get(P0)).isEqualTo(values(15, 20));
        }
    }

    @Test
    void anAckCoversTheDeliveriesBefore() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            Delivery first = poll(consumer);
            append(P0, 1, 2);
            Delivery second = poll(consumer);
            second.ack();
            Await.until("it is committed", () -> group.committed(P0) == 2);

            group.revoke(P0, NEVER_MS);
            Await.until("nothing is waited for", () -> group.released().contains(P0));
            first.ack();
        }
        assertThat(group.committed(P0)).isEqualTo(2);
    }

    @Test
    void whatIsInHandSurvivesAStreamThatBreaks() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            Delivery inHand = poll(consumer);
            group.fail(ErrorCode.ERROR_CODE_DRAINING);
            Await.until("it has joined again", () -> group.joins() == 2);
            inHand.ack();
            Await.until("it is committed", () -> group.committed(P0) == 1);

            append(P0, 1, 2);

            assertThat(valuesOf(poll(consumer))).containsExactly("value 1");
            assertThat(consumer.poll(SOON)).isNull();
        }
    }

    @Test
    void whatWasAckedAsTheStreamBrokeIsCommittedOnTheNext() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0);
        group.ignoreCommits(true);
        try (GroupConsumer consumer = consumer()) {
            poll(consumer).ack();
            group.fail(ErrorCode.ERROR_CODE_DRAINING);
            group.ignoreCommits(false);

            Await.until("it is committed", () -> group.committed(P0) == 1);
            assertThat(consumer.poll(SOON)).isNull();
        }
    }

    @Test
    void beginsAnewWhereSomebodyElseWentOnMeanwhile() throws InterruptedException {
        append(P0, 0, 10);
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            Delivery inHand = poll(consumer);
            cluster.run(() -> {
                group.goOnInstead(P0, 7);
                group.fail(ErrorCode.ERROR_CODE_UNKNOWN_MEMBER);
            });
            Await.until("it has joined again", () -> group.joins() == 2);
            inHand.ack();

            Set<String> read = new HashSet<>(take(consumer, 3).get(P0));
            assertThat(read).containsExactlyInAnyOrderElementsOf(values(7, 10));
            Await.until("it is committed", () -> group.committed(P0) == 10);
        }
    }

    @Test
    void aRevokedPartitionIsReleasedWhenWhatIsInHandIsCommitted() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0, P1);
        try (GroupConsumer consumer = consumer()) {
            Delivery inHand = poll(consumer);
            append(P0, 1, 2);
            group.revoke(P0, NEVER_MS);
            Await.until(
                    "it is read no more", () -> cluster.broker(0).consumeCalls().isEmpty());
            append(P1, 0, 1);
            assertThat(poll(consumer).partition()).isEqualTo(P1);
            assertThat(consumer.poll(SOON)).isNull();
            assertThat(group.released()).isEmpty();

            inHand.ack();
            Await.until("it is released", () -> group.released().contains(P0));

            assertThat(group.committed(P0)).isEqualTo(1);
            group.assign(P0);
            assertThat(valuesOf(poll(consumer))).containsExactly("value 1");
        }
    }

    @Test
    void aPartitionIsNotReleasedBeforeItsPositionIsCommitted() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0);
        group.ignoreCommits(true);
        try (GroupConsumer consumer = consumer()) {
            Delivery inHand = poll(consumer);
            group.revoke(P0, NEVER_MS);
            inHand.ack();
            assertThat(consumer.poll(SOON)).isNull();
            assertThat(group.released()).isEmpty();

            group.ignoreCommits(false);
            group.fail(ErrorCode.ERROR_CODE_DRAINING);

            Await.until("it has it again", () -> group.joins() == 2);
            assertThat(valuesOf(poll(consumer))).containsExactly("value 0");
        }
    }

    @Test
    void acksAfterTheGraceCountNoLonger() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0, P1);
        try (GroupConsumer consumer = consumer()) {
            Delivery inHand = poll(consumer);
            group.revoke(P0, 1);
            assertThat(consumer.poll(SOON)).isNull();
            inHand.ack();
            append(P1, 0, 1);
            poll(consumer).ack();
            Await.until("the other one is committed", () -> group.committed(P1) == 1);
        }
        assertThat(group.committed(P0)).isZero();
    }

    @Test
    void whoNeverAcksLosesItsPartitionsAndJoinsAgain() throws InterruptedException {
        append(P0, 0, 2);
        group.assign(P0);
        try (GroupConsumer consumer =
                client.consumer(ConsumerConfig.of("g", "orders").withProcessingTimeout(Duration.ofMillis(200)))) {
            Delivery first = poll(consumer);

            Await.until("it has left", () -> group.departures() == 1);
            Await.until("it has joined again", () -> group.joins() == 2);
            first.ack();
            group.assign(P0);

            assertThat(valuesOf(poll(consumer))).contains("value 0");
        }
    }

    @Test
    void handsOutNothingWhileTheGroupIsPaused() throws InterruptedException {
        append(P0, 0, 1);
        group.pause(true);
        group.assign(P0);
        try (GroupConsumer consumer =
                client.consumer(ConsumerConfig.of("g", "orders").withProcessingTimeout(Duration.ofMillis(50)))) {
            Await.until(
                    "it is read",
                    () -> cluster.locked(
                            () -> cluster.broker(0).consumeCalls().stream().anyMatch(call -> call.sent > 0)));
            assertThat(consumer.poll(Duration.ofMillis(200))).isNull();
            assertThat(group.departures()).isZero();

            group.pause(false);
            Delivery inHand = poll(consumer);
            assertThat(valuesOf(inHand)).containsExactly("value 0");

            group.pause(true);
            inHand.ack();
            Await.until("acks count", () -> group.committed(P0) == 1);
            append(P0, 1, 2);
            assertThat(consumer.poll(SOON)).isNull();
        }
    }

    @Test
    void aPauseThatEndedBetweenTwoStreamsIsOver() throws InterruptedException {
        append(P0, 0, 1);
        group.pause(true);
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            assertThat(consumer.poll(SOON)).isNull();
            cluster.run(() -> {
                group.fail(ErrorCode.ERROR_CODE_DRAINING);
                group.pause(false);
            });

            assertThat(valuesOf(poll(consumer))).containsExactly("value 0");
        }
    }

    @Test
    void handsOutNothingOnceItMayHaveLostItsSession() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0);
        try (GroupConsumer consumer =
                client.consumer(ConsumerConfig.of("g", "orders").withSessionTimeout(Duration.ofMillis(300)))) {
            poll(consumer).ack();
            Await.until("it is committed", () -> group.committed(P0) == 1);
            group.refuse(true);
            group.fail(ErrorCode.ERROR_CODE_DRAINING);
            Await.until(
                    "it reads no more", () -> cluster.broker(0).consumeCalls().isEmpty());
            append(P0, 1, 2);
            assertThat(consumer.poll(SOON)).isNull();

            group.refuse(false);

            assertThat(valuesOf(poll(consumer))).containsExactly("value 1");
        }
    }

    @Test
    void partOfADeliveryCanBeProcessed() throws InterruptedException {
        append(P0, 0, 10);
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            Delivery first = poll(consumer);
            assertThat(first.records()).hasSizeGreaterThan(1);

            first.ackBefore(1);

            Await.until("it is committed", () -> group.committed(P0) == 1);
            first.ack();
            Await.until("all of it is", () -> group.committed(P0) == first.nextOffset());
            first.ackBefore(1);
            assertThatThrownBy(() -> first.ackBefore(first.nextOffset() + 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(group.committed(P0)).isEqualTo(10);
    }

    @Test
    void saysWhyItIsNotInItsGroupForLong() throws InterruptedException {
        append(P0, 0, 1);
        group.assign(P0);
        group.refuse(true);
        try (GroupConsumer consumer = consumer()) {
            Await.until("it has tried for a while", () -> consumer.trouble() != null);
            assertThat(Objects.requireNonNull(consumer.trouble()).code()).isEqualTo(ErrorCode.ERROR_CODE_DRAINING);

            group.refuse(false);

            poll(consumer).ack();
            assertThat(consumer.trouble()).isNull();
        }
    }

    @Test
    void theWindowIsSharedByTheLeaders() throws InterruptedException {
        append(P0, 0, 500);
        append(P1, 0, 500);
        int frame = cluster.locked(() -> cluster.log(P0).frames.get(499).size());
        long window = 20L * frame;
        group.assign(P0, P1);
        try (GroupConsumer consumer =
                client.consumer(ConsumerConfig.of("g", "orders").withWindowBytes(window))) {
            for (int broker = 0; broker < 2; broker++) {
                FakeBroker leader = cluster.broker(broker);
                Await.until(
                        "its share is used up",
                        () -> cluster.locked(() ->
                                leader.consumeCalls().stream().anyMatch(call -> call.sent > 0 && call.credit <= 0)));
                FakeConsumeCall call = leader.consumeCalls().get(0);
                assertThat(cluster.locked(() -> call.sent)).isLessThanOrEqualTo(window / 2 + window);
            }

            Map<TopicPartition, List<String>> read = take(consumer, 1000);

            assertThat(read.get(P0)).isEqualTo(values(0, 500));
            assertThat(read.get(P1)).isEqualTo(values(0, 500));
        }
    }

    @Test
    void aBatchThatStaysDamagedEndsTheMembership() {
        append(P0, 0, 1);
        cluster.faults(new FakeCluster.Faults() {
            @Override
            public ByteString damage(TopicPartition partition, long offset, ByteString frames) {
                byte[] bytes = frames.toByteArray();
                bytes[bytes.length - 3] ^= 1;
                return ByteString.copyFrom(bytes);
            }
        });
        group.assign(P0);
        try (GroupConsumer consumer = consumer()) {
            assertThatThrownBy(() -> consumer.poll(LONG))
                    .isInstanceOfSatisfying(
                            FlotillaException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH));
            assertThat(consumer.isClosed()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void everythingIsProcessedWhateverHappens(long seed) throws InterruptedException {
        RandomGenerator random = Seeds.random(seed);
        List<TopicPartition> partitions = List.of(P0, P1);
        group.assign(P0, P1);
        Map<TopicPartition, Set<String>> processed = new HashMap<>(Map.of(P0, new HashSet<>(), P1, new HashSet<>()));
        int[] written = new int[2];
        try (GroupConsumer consumer =
                client.consumer(ConsumerConfig.of("g", "orders").withWindowBytes(1 + random.nextInt(3000)))) {
            List<Delivery> inHand = new ArrayList<>();
            while (group.committed(P0) < 200 || group.committed(P1) < 200) {
                int number = random.nextInt(2);
                TopicPartition partition = partitions.get(number);
                int count = Math.min(200 - written[number], random.nextInt(20));
                append(partition, written[number], written[number] + count);
                written[number] += count;
                disturb(random, partition);
                Delivery delivery = consumer.poll(Duration.ofMillis(random.nextInt(10)));
                if (delivery != null) {
                    Objects.requireNonNull(processed.get(delivery.partition())).addAll(valuesOf(delivery));
                    inHand.add(delivery);
                }
                if (random.nextInt(3) > 0) {
                    inHand.forEach(Delivery::ack);
                    inHand.clear();
                }
            }
        }
        assertThat(processed.get(P0)).containsExactlyInAnyOrderElementsOf(values(0, 200));
        assertThat(processed.get(P1)).containsExactlyInAnyOrderElementsOf(values(0, 200));
    }

    private void disturb(RandomGenerator random, TopicPartition partition) {
        switch (random.nextInt(60)) {
            case 0 -> cluster.moveLeader(partition, random.nextInt(2));
            case 1 -> group.fail(ErrorCode.ERROR_CODE_DRAINING);
            case 2 -> group.fail(ErrorCode.ERROR_CODE_UNKNOWN_MEMBER);
            case 3 -> group.revoke(partition, random.nextInt(20));
            case 4 -> {
                FakeBroker broker = cluster.broker(random.nextInt(2));
                broker.crash();
                broker.restart();
            }
            default -> group.assign(P0, P1); // what was released comes back
        }
    }

    private static Delivery poll(GroupConsumer consumer) throws InterruptedException {
        return Objects.requireNonNull(consumer.poll(LONG));
    }

    /** Takes and acks so many records. */
    private static Map<TopicPartition, List<String>> take(GroupConsumer consumer, int count)
            throws InterruptedException {
        Map<TopicPartition, List<String>> read = new HashMap<>();
        for (int taken = 0; taken < count; ) {
            Delivery delivery = poll(consumer);
            List<String> values = valuesOf(delivery);
            read.computeIfAbsent(delivery.partition(), partition -> new ArrayList<>())
                    .addAll(values);
            taken += values.size();
            delivery.ack();
        }
        return read;
    }

    /** One batch per value. */
    private void append(TopicPartition partition, int from, int to) {
        values(from, to).forEach(value -> cluster.append(partition, value));
    }

    private static List<String> valuesOf(Delivery delivery) {
        return delivery.records().stream()
                .map(record -> Objects.requireNonNull(record.value()).toStringUtf8())
                .toList();
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "value " + i).toList();
    }
}
