package io.flotilla.broker.history;

import io.flotilla.client.FlotillaClient;
import io.flotilla.client.PartitionReader;
import io.flotilla.client.ReadBatch;
import io.flotilla.client.ReadRange;
import io.flotilla.client.ReaderConfig;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.StoredRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Follows partitions from their start and records what it gets, until it is stopped. */
public final class RecordingReader {
    private static final Duration POLL = Duration.ofMillis(100);

    private final History history;
    private final String name;
    private final PartitionReader reader;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread;

    private RecordingReader(History history, PartitionReader reader, String name) {
        this.history = history;
        this.name = name;
        this.reader = reader;
        thread = new Thread(this::run, name);
    }

    public static RecordingReader start(
            History history, FlotillaClient client, String topic, int partitions, String name) {
        RecordingReader reader = new RecordingReader(
                history, client.reader(ranges(topic, partitions, false), ReaderConfig.DEFAULT), name);
        reader.thread.start();
        return reader;
    }

    /** Reads all there is now, as the last word on what the log holds. */
    public static void readAll(History history, FlotillaClient client, String topic, int partitions, String name)
            throws InterruptedException {
        try (PartitionReader reader = client.reader(ranges(topic, partitions, true), ReaderConfig.DEFAULT)) {
            while (!reader.isFinished()) {
                ReadBatch batch = reader.poll(POLL);
                if (batch != null) {
                    record(history, batch, name, true);
                }
            }
        }
    }

    private static List<ReadRange> ranges(String topic, int partitions, boolean untilEnd) {
        List<ReadRange> ranges = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            ReadRange range = ReadRange.fromStart(new TopicPartition(topic, partition));
            ranges.add(untilEnd ? range.untilEnd() : range);
        }
        return ranges;
    }

    private void run() {
        try {
            while (!stopped.get()) {
                ReadBatch batch = reader.poll(POLL);
                if (batch != null) {
                    record(history, batch, name, false);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void record(History history, ReadBatch batch, String name, boolean atTheEnd) {
        int partition = batch.partition().partition();
        for (StoredRecord record : batch.records()) {
            history.add(Optional.ofNullable(record.value())
                    .flatMap(Value::decode)
                    .<Event>map(value -> atTheEnd
                            ? new Event.FinallyRead(partition, name, record.offset(), value)
                            : new Event.Read(partition, name, record.offset(), value))
                    .orElseGet(() -> new Event.Garbage(partition, name, record.offset())));
        }
    }

    /** Returns when the last batch that was got is recorded. */
    public void stop() throws InterruptedException {
        stopped.set(true);
        thread.join();
        reader.close();
    }
}
