package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.flotilla.Seeds;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.Compression;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.Position;
import io.flotilla.v1.RecordBatch;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A reader against brokers that move, drain, crash, fall silent and damage data. */
class PartitionReaderTest {
    private static final TopicPartition P0 = new TopicPartition("orders", 0);
    private static final TopicPartition P1 = new TopicPartition("orders", 1);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeCluster cluster;
    private final FlotillaClient client;

    PartitionReaderTest() throws IOException {
        cluster = new FakeCluster(2);
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
    }

    @Test
    void readsWhatIsThereAndStops() throws InterruptedException {
        append(P0, 0, 100);
        append(P1, 0, 50);
        PartitionReader reader = reader(
                ReadRange.fromStart(P0).untilEnd(), ReadRange.fromStart(P1).untilEnd());

        Map<TopicPartition, List<String>> read = readAll(reader);

        assertThat(read.get(P0)).isEqualTo(values(0, 100));
        assertThat(read.get(P1)).isEqualTo(values(0, 50));
        assertThat(reader.isFinished()).isTrue();
        assertThat(reader.poll(LONG)).isNull();
    }

    @Test
    void stopsAtOnceWhenThereIsNothing() throws InterruptedException {
        PartitionReader reader = reader(ReadRange.fromStart(P0).untilEnd());

        assertThat(readAll(reader)).isEmpty();
        assertThat(reader.isFinished()).isTrue();
    }

    @Test
    void readsOnAsRecordsCome() throws InterruptedException {
        PartitionReader reader = reader(ReadRange.fromEnd(P0));
        assertThat(reader.poll(Duration.ofMillis(50))).isNull();
        Await.until(
                "the reader has arrived",
                () -> !cluster.broker(0).consumeCalls().isEmpty());

        for (int i = 0; i < 20; i++) {
            append(P0, i, i + 1);

            ReadBatch batch = Objects.requireNonNull(reader.poll(LONG));

            assertThat(batch.records()).extracting(StoredRecord::offset).containsExactly((long) i);
            assertThat(batch.partition()).isEqualTo(P0);
            assertThat(batch.highWatermark()).isEqualTo(i + 1);
            assertThat(batch.nextOffset()).isEqualTo(i + 1);
        }
        assertThat(reader.isFinished()).isFalse();
    }

    @Test
    void startsAndStopsInTheMiddleOfABatch() throws InterruptedException {
        cluster.append(P0, values(0, 10).toArray(String[]::new));
        cluster.append(P0, values(10, 20).toArray(String[]::new));
        PartitionReader reader = reader(ReadRange.fromOffset(P0, 7)
                .until(Position.newBuilder().setOffset(13).build()));

        assertThat(readAll(reader).get(P0)).isEqualTo(values(7, 13));
    }

    @Test
    void readsTheLastRecords() throws InterruptedException {
        append(P0, 0, 30);
        Position last5 = Position.newBuilder().setTailRecords(5).build();
        PartitionReader reader = reader(new ReadRange(P0, last5, null).untilEnd());

        assertThat(readAll(reader).get(P0)).isEqualTo(values(25, 30));
    }

    @Test
    void followsALeaderThatMoves() throws InterruptedException {
        append(P0, 0, 10);
        PartitionReader reader = reader(ReadRange.fromStart(P0));
        List<String> read = new ArrayList<>(take(reader, 10));

        for (int i = 1; i <= 6; i++) {
            cluster.moveLeader(P0, i % 2);
            append(P0, i * 10, i * 10 + 10);
            read.addAll(take(reader, 10));
        }

        assertThat(read).isEqualTo(values(0, 70));
    }

    @Test
    void goesOnWhereItWasAfterACrash() throws InterruptedException {
        append(P0, 0, 10);
        PartitionReader reader = reader(ReadRange.fromStart(P0));
        List<String> read = new ArrayList<>(take(reader, 10));

        cluster.broker(0).crash();
        append(P0, 10, 20);
        cluster.moveLeader(P0, 1);
        read.addAll(take(reader, 10));
        cluster.broker(1).crash();
        cluster.broker(1).restart();
        append(P0, 20, 30);
        read.addAll(take(reader, 10));

        assertThat(read).isEqualTo(values(0, 30));
    }

    @Test
    void changesStreamsWhenABrokerDrains() throws InterruptedException {
        append(P0, 0, 10);
        PartitionReader reader = reader(ReadRange.fromStart(P0), ReadRange.fromStart(P1));
        List<String> read = new ArrayList<>(take(reader, 10));

        cluster.broker(0).drain(1, List.of(P0));
        append(P0, 10, 20);
        read.addAll(take(reader, 10));

        assertThat(read).isEqualTo(values(0, 20));
        Await.until(
                "the old stream is gone", () -> cluster.broker(0).consumeCalls().isEmpty());
    }

    @Test
    void givesCreditBackOnlyForWhatWasTaken() throws InterruptedException {
        String big = "x".repeat(1000);
        for (int i = 0; i < 100; i++) {
            cluster.append(P0, big);
        }
        ReaderConfig config = new ReaderConfig(10_000, 3000, OffsetReset.OFFSET_RESET_UNSPECIFIED);
        PartitionReader reader = client.reader(List.of(ReadRange.fromStart(P0).untilEnd()), config);
        Await.until(
                "the credit is used up",
                () -> !cluster.broker(0).consumeCalls().isEmpty() && sent() > 0 && credit() <= 0);
        FakeConsumeCall call = cluster.broker(0).consumeCalls().get(0);

        assertThat(call.sent).isBetween(10_000L, 14_000L);
        assertThat(call.returned).isZero();
        int read = 0;
        while (!reader.isFinished()) {
            ReadBatch batch = reader.poll(LONG);
            if (batch != null) {
                read++;
                long outstanding = cluster.locked(() -> call.sent - call.returned);
                assertThat(outstanding).isLessThanOrEqualTo(10_000 + 4000);
            }
        }

        assertThat(read).isEqualTo(100);
        assertThat(call.sent).isGreaterThan(100_000);
    }

    private long sent() {
        return cluster.locked(() -> cluster.broker(0).consumeCalls().get(0).sent);
    }

    private long credit() {
        return cluster.locked(() -> cluster.broker(0).consumeCalls().get(0).credit);
    }

    @Test
    void readsADamagedPlaceOnceMore() throws InterruptedException {
        append(P0, 0, 10);
        AtomicInteger damaged = new AtomicInteger();
        cluster.faults(damaging(damaged, 1));
        PartitionReader reader = reader(ReadRange.fromStart(P0).untilEnd());

        assertThat(readAll(reader).get(P0)).isEqualTo(values(0, 10));
        assertThat(damaged).hasValue(1);
    }

    @Test
    void reportsAPlaceThatStaysDamagedAndReadsTheOthers() throws InterruptedException {
        append(P0, 0, 10);
        append(P1, 0, 10);
        cluster.faults(damaging(new AtomicInteger(), Integer.MAX_VALUE));
        PartitionReader reader = reader(
                ReadRange.fromStart(P0).untilEnd(), ReadRange.fromStart(P1).untilEnd());
        List<String> read = new ArrayList<>();
        List<FlotillaException> failures = new ArrayList<>();

        while (!reader.isFinished()) {
            try {
                ReadBatch batch = reader.poll(LONG);
                if (batch != null) {
                    read.addAll(valuesOf(batch));
                }
            } catch (FlotillaException e) {
                failures.add(e);
            }
        }

        assertThat(read).isEqualTo(values(0, 10));
        assertThat(failures).hasSize(1);
        assertThat(failures.get(0).code()).isEqualTo(ErrorCode.ERROR_CODE_CORRUPT_BATCH);
        assertThat(failures.get(0).metadata()).containsEntry("topic", "orders").containsEntry("partition", "0");
    }

    private static FakeCluster.Faults damaging(AtomicInteger damaged, int times) {
        return new FakeCluster.Faults() {
            @Override
            public ByteString damage(TopicPartition partition, long offset, ByteString frames) {
                if (!partition.equals(P0) || damaged.get() >= times) {
                    return frames;
                }
                damaged.incrementAndGet();
                byte[] bytes = frames.toByteArray();
                bytes[bytes.length - 3] ^= 1;
                return ByteString.copyFrom(bytes);
            }
        };
    }

    @Test
    void reportsAPositionOutsideTheLog() throws InterruptedException {
        PartitionReader reader = reader(ReadRange.fromOffset(P0, 5));

        assertThatThrownBy(() -> reader.poll(LONG)).isInstanceOfSatisfying(FlotillaException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE);
            assertThat(e.metadata()).containsEntry("high_watermark", "0");
            assertThat(e.description()).startsWith("orders/0: offset 5");
        });
        assertThat(reader.poll(LONG)).isNull();
        assertThat(reader.isFinished()).isTrue();
    }

    @Test
    void doesNotGoOnInAnotherTopicOfTheSameName() throws InterruptedException {
        append(P0, 0, 1);
        PartitionReader reader = reader(ReadRange.fromStart(P0));
        assertThat(reader.poll(LONG)).isNotNull();

        cluster.recreateTopic("orders", "another id      ");
        cluster.moveLeader(P0, 1);

        assertThatThrownBy(() -> reader.poll(LONG))
                .isInstanceOfSatisfying(
                        FlotillaException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_TOPIC_ID_MISMATCH));
    }

    @Test
    void reportsAnUnknownTopicAndAnUnknownPartition() {
        PartitionReader nowhere = reader(ReadRange.fromStart(new TopicPartition("nowhere", 0)));
        PartitionReader beyond = reader(ReadRange.fromStart(new TopicPartition("orders", 2)));

        for (PartitionReader reader : List.of(nowhere, beyond)) {
            assertThatThrownBy(() -> reader.poll(LONG))
                    .isInstanceOfSatisfying(
                            FlotillaException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION));
        }
    }

    @Test
    void reportsABatchThatCannotBeDecodedAndGoesOn() throws InterruptedException {
        byte[] hostile = RecordBatch.newBuilder()
                .setRecordCount(1)
                .setCompression(Compression.COMPRESSION_GZIP)
                .setUncompressedBytes(10)
                .setEncodedRecords(ByteString.copyFromUtf8("not gzip"))
                .build()
                .toByteArray();
        cluster.run(() -> cluster.log(P0).append(hostile, 0, hostile.length, 1));
        append(P0, 1, 2);
        PartitionReader reader = reader(ReadRange.fromStart(P0).untilEnd());

        ReadBatch bad = Objects.requireNonNull(reader.poll(LONG));

        assertThatThrownBy(bad::records)
                .isInstanceOf(FlotillaException.class)
                .hasMessageContaining("orders/0: the batch at offset 0 cannot be decoded")
                .hasMessageContaining("skip to offset 1");
        assertThat(take(reader, 1)).containsExactly("value 1");
    }

    @Test
    void waitsForALeader() throws InterruptedException {
        append(P0, 0, 10);
        cluster.broker(0).crash();
        PartitionReader reader = reader(ReadRange.fromStart(P0).untilEnd());
        assertThat(reader.poll(Duration.ofMillis(300))).isNull();

        cluster.moveLeader(P0, 1);

        assertThat(take(reader, 10)).isEqualTo(values(0, 10));
    }

    @Test
    void leavesAStreamThatHasFallenSilent() throws InterruptedException {
        append(P0, 0, 10);
        PartitionReader reader = reader(ReadRange.fromStart(P0));
        List<String> read = new ArrayList<>(take(reader, 10));
        FakeConsumeCall call = cluster.broker(0).consumeCalls().get(0);

        cluster.run(() -> {
            call.heartbeat(50);
            call.silent = true;
        });
        append(P0, 10, 20);
        read.addAll(take(reader, 10));

        assertThat(read).isEqualTo(values(0, 20));
    }

    @Test
    void closeStopsReading() throws InterruptedException {
        append(P0, 0, 10);
        PartitionReader reader = reader(ReadRange.fromStart(P0));
        take(reader, 10);

        reader.close();

        assertThat(reader.poll(LONG)).isNull();
        assertThat(reader.isFinished()).isTrue();
        Await.until("the stream is gone", () -> cluster.broker(0).consumeCalls().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("io.flotilla.Seeds#all")
    void readsEverythingOnceAndInOrderWhateverHappens(long seed) throws InterruptedException {
        RandomGenerator random = Seeds.random(seed);
        ReaderConfig config = new ReaderConfig(
                1 + random.nextInt(2000), 1 + random.nextInt(1000), OffsetReset.OFFSET_RESET_UNSPECIFIED);
        Position end = Position.newBuilder().setOffset(300).build();
        PartitionReader reader = client.reader(
                List.of(
                        ReadRange.fromStart(P0).until(end),
                        ReadRange.fromStart(P1).until(end)),
                config);
        Map<TopicPartition, List<String>> read =
                new LinkedHashMap<>(Map.of(P0, new ArrayList<>(), P1, new ArrayList<>()));
        int[] written = new int[2];

        while (!reader.isFinished()) {
            int partition = random.nextInt(2);
            int count = Math.min(300 - written[partition], random.nextInt(30));
            if (count > 0) {
                append(new TopicPartition("orders", partition), written[partition], written[partition] + count);
                written[partition] += count;
            }
            if (random.nextInt(20) == 0) {
                cluster.moveLeader(random.nextBoolean() ? P0 : P1, random.nextInt(2));
            }
            if (random.nextInt(200) == 0) {
                FakeBroker broker = cluster.broker(random.nextInt(2));
                broker.crash();
                broker.restart();
            }
            ReadBatch batch = reader.poll(Duration.ofMillis(random.nextInt(15)));
            if (batch != null) {
                Objects.requireNonNull(read.get(batch.partition())).addAll(valuesOf(batch));
            }
        }

        assertThat(read.get(P0)).isEqualTo(values(0, 300));
        assertThat(read.get(P1)).isEqualTo(values(0, 300));
    }

    private PartitionReader reader(ReadRange... ranges) {
        return client.reader(List.of(ranges), ReaderConfig.DEFAULT);
    }

    /** One batch per value. */
    private void append(TopicPartition partition, int from, int to) {
        values(from, to).forEach(value -> cluster.append(partition, value));
    }

    private static List<String> take(PartitionReader reader, int count) throws InterruptedException {
        List<String> values = new ArrayList<>();
        while (values.size() < count) {
            values.addAll(valuesOf(Objects.requireNonNull(reader.poll(LONG))));
        }
        return values;
    }

    private static Map<TopicPartition, List<String>> readAll(PartitionReader reader) throws InterruptedException {
        Map<TopicPartition, List<String>> read = new LinkedHashMap<>();
        while (!reader.isFinished()) {
            ReadBatch batch = reader.poll(LONG);
            if (batch != null) {
                read.computeIfAbsent(batch.partition(), p -> new ArrayList<>()).addAll(valuesOf(batch));
            }
        }
        return read;
    }

    private static List<String> valuesOf(ReadBatch batch) {
        return batch.records().stream()
                .map(record -> Objects.requireNonNull(record.value()).toStringUtf8())
                .toList();
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "value " + i).toList();
    }
}
