package io.flotilla.cli.data;

import io.flotilla.cli.output.Value;
import io.flotilla.client.RecordAck;
import io.flotilla.error.FlotillaException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** What became of the records sent so far. Safe for any thread. */
final class Tally {
    private final Map<Integer, Written> byPartition = new ConcurrentSkipListMap<>();
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

    /**
     * Records on disk in one partition.
     *
     * @param first offset
     * @param last offset, inclusive
     */
    record Written(long first, long last, long records) {
        Written and(Written other) {
            return new Written(Math.min(first, other.first), Math.max(last, other.last), records + other.records);
        }
    }

    /**
     * A record that was not written, as far as is known.
     *
     * @param line in the input, from 1
     */
    record Failure(long line, FlotillaException error) {}

    void written(RecordAck ack) {
        byPartition.merge(ack.partition(), new Written(ack.offset(), ack.offset(), 1), Written::and);
    }

    void failed(long line, FlotillaException error) {
        Failure mine = new Failure(line, error);
        failure.updateAndGet(first -> first == null || line < first.line() ? mine : first);
    }

    /** The failure that is first in the input, if any. */
    @Nullable
    Failure failure() {
        return failure.get();
    }

    long records() {
        return byPartition.values().stream().mapToLong(Written::records).sum();
    }

    int partitions() {
        return byPartition.size();
    }

    /** By partition. */
    List<Value.Fields> values(String topic) {
        return byPartition.entrySet().stream()
                .map(entry -> Value.Fields.with("topic", topic)
                        .and("partition", entry.getKey())
                        .and("firstOffset", entry.getValue().first())
                        .and("lastOffset", entry.getValue().last())
                        .and("records", entry.getValue().records())
                        .build())
                .toList();
    }
}
