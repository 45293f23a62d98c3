package io.flotilla.cli.figures;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.cli.process.Await;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.NewRecord;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.UpdateTopicRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long it takes to compact millions of records, what it takes, and that nothing is lost on the way. */
@Tag("figures")
class CompactionFiguresIT {
    private static final TopicPartition TABLE = new TopicPartition("table", 0);
    private static final int RECORDS = Integer.getInteger("records", 5_000_000);
    private static final int KEYS = 100_000;
    private static final int VALUE_BYTES = 100;
    private static final String OFF = "9223372036854775807";

    @TempDir
    Path root;

    @Test
    void millionsOfRecordsWithFewerKeysAreCompacted() throws Exception {
        try (Fleet fleet = Fleet.start(root, 3, Map.of("compaction.check-interval", "1s"));
                FlotillaClient client = fleet.client()) {
            Fleet.create(
                    client,
                    TABLE.topic(),
                    1,
                    3,
                    Map.of("cleanup.policy", "compact", "min.compaction.lag.ms", OFF, "segment.bytes", "33554432"));
            Map<ByteString, ByteString> acked = write(client);
            long before = leaderBytes(client);
            print("before: %.1f MB per replica, peak memory MiB %s".formatted(before / 1e6, fleet.peakMib()));

            long start = System.nanoTime();
            Duration cpu = fleet.cpu();
            FlotillaClient.join(client.admin()
                    .updateTopic(UpdateTopicRequest.newBuilder()
                            .setName(TABLE.topic())
                            .putSetConfigs("min.compaction.lag.ms", "0")
                            .build()));
            Await.within(
                    Duration.ofMinutes(5),
                    () -> "all replicas are small: " + diskBytes(),
                    () -> diskBytes() < before / 2);
            double seconds = (System.nanoTime() - start) / 1e9;
            print(
                    "three replicas on one machine, %d records, %d keys: compacted after %.1f s and %.1f CPU-s of all brokers"
                            .formatted(
                                    RECORDS,
                                    KEYS,
                                    seconds,
                                    fleet.cpu().minus(cpu).toMillis() / 1e3));
            print("after: %.1f MB per replica, peak memory MiB %s".formatted(diskBytes() / 3e6, fleet.peakMib()));
            assertThat(read(client).equals(acked))
                    .as("a reader's map is that of all that was acked")
                    .isTrue();
        }
    }

    private static Map<ByteString, ByteString> write(FlotillaClient client) {
        Map<ByteString, ByteString> newest = new HashMap<>();
        Random random = new Random(1);
        LongAdder failed = new LongAdder();
        try (Producer producer = FlotillaClient.join(client.producer(TABLE.topic(), ProducerConfig.DEFAULT))) {
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = new byte[VALUE_BYTES];
                random.nextBytes(value);
                ByteString key = ByteString.copyFromUtf8("key-" + random.nextInt(KEYS));
                ByteString bytes = ByteString.copyFrom(value);
                newest.put(key, bytes);
                var unused = producer.send(NewRecord.of(key, bytes)).whenComplete((ack, error) -> {
                    if (error != null) {
                        failed.increment();
                    }
                });
            }
            FlotillaClient.join(producer.flush());
        }
        assertThat(failed.sum()).as("failed sends").isZero();
        return newest;
    }

    private static Map<ByteString, ByteString> read(FlotillaClient client) throws InterruptedException {
        Map<ByteString, ByteString> newest = new HashMap<>();
        long records = 0;
        try (PartitionReader reader =
                client.reader(List.of(ReadRange.fromStart(TABLE).untilEnd()), ReaderConfig.DEFAULT)) {
            while (!reader.isFinished()) {
                ReadBatch batch = reader.poll(Duration.ofSeconds(1));
                List<StoredRecord> found = batch == null ? List.of() : batch.records();
                for (StoredRecord record : found) {
                    records++;
                    newest.put(Objects.requireNonNull(record.key()), Objects.requireNonNull(record.value()));
                }
            }
        }
        print("a reader finds %d records of %d keys".formatted(records, newest.size()));
        return newest;
    }

    private static long leaderBytes(FlotillaClient client) {
        PartitionDescription partition = FlotillaClient.join(client.admin().partition(TABLE));
        return partition.getSizeBytes();
    }

    /** Of the topic's segments on all brokers. */
    private long diskBytes() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(path -> path.toString().contains("/partitions/"))
                    .filter(path -> path.toString().endsWith(".log"))
                    .mapToLong(CompactionFiguresIT::size)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return Long.MAX_VALUE; // changed while it was walked
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void print(String figure) {
        System.out.println("FIGURE " + figure);
    }
}
