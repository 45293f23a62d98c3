package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.NewRecord;
import io.flotilla.record.RecordHeader;
import io.flotilla.record.StoredRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes records that nobody could process to the dead-letter topic: as they were, with headers that say where they came
 * from ({@code flotilla-topic}, {@code flotilla-partition}, {@code flotilla-offset}) and what went wrong ({@code
 * flotilla-error}). Safe for any thread.
 */
final class DeadLetters {
    private final FlotillaClient client;
    private final String topic;
    private @Nullable Producer producer; // guarded by this

    DeadLetters(FlotillaClient client, String topic) {
        this.client = client;
        this.topic = topic;
    }

    /**
     * Waits until the record is written.
     *
     * @throws FlotillaException if it cannot be
     */
    void write(TopicPartition from, StoredRecord record, Throwable why) {
        List<RecordHeader> headers = new ArrayList<>(record.headers());
        headers.add(header("flotilla-topic", from.topic()));
        headers.add(header("flotilla-partition", Integer.toString(from.partition())));
        headers.add(header("flotilla-offset", Long.toString(record.offset())));
        headers.add(header("flotilla-error", String.valueOf(why)));
        FlotillaClient.join(
                producer().send(new NewRecord(record.key(), record.value(), headers, record.timestampMs())));
    }

    private static RecordHeader header(String key, String value) {
        return new RecordHeader(key, ByteString.copyFromUtf8(value));
    }

    private synchronized Producer producer() {
        if (producer == null) {
            producer = FlotillaClient.join(client.producer(topic, ProducerConfig.DEFAULT));
        }
        return producer;
    }

    synchronized void close() {
        if (producer != null) {
            producer.close();
        }
    }
}
