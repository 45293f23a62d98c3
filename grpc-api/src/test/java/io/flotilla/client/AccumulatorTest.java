package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.record.BatchInfo;
import io.flotilla.record.BatchScanner;
import io.flotilla.record.NewRecord;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AccumulatorTest {
    private static final NewRecord RECORD = NewRecord.of("key", "v".repeat(87)).withTimestamp(1);
    private static final long LINGER = Duration.ofMillis(5).toNanos();

    private final Accumulator accumulator =
            new Accumulator(ProducerConfig.DEFAULT.withBatching(500, Duration.ofMillis(5)), 300);

    @Test
    void asksForAttentionWhenABatchBeginsAndWhenOneIsFull() {
        assertThat(add(RECORD, 0)).isTrue();
        assertThat(add(RECORD, 0)).isFalse();
        assertThat(add(RECORD, 0)).as("the third does not fit 300 bytes").isTrue();
        assertThat(add(RECORD, 0)).isFalse();
    }

    @Test
    void handsOutFullBatchesInOrderAndTheOpenOneWhenDueOrAskedFor() {
        for (int i = 0; i < 5; i++) {
            add(RECORD, 10);
        }

        PendingBatch first = Objects.requireNonNull(accumulator.poll(false, 10));
        PendingBatch second = Objects.requireNonNull(accumulator.poll(false, 10));

        assertThat(first.sequence()).isEqualTo(1);
        assertThat(second.sequence()).isEqualTo(2);
        assertThat(recordsIn(first)).isEqualTo(2);
        assertThat(first.bufferBytes()).isEqualTo(200);
        assertThat(accumulator.poll(false, 10 + LINGER - 1)).isNull();
        assertThat(accumulator.dueNanos()).isEqualTo(10 + LINGER);
        assertThat(recordsIn(Objects.requireNonNull(accumulator.poll(false, 10 + LINGER))))
                .isEqualTo(1);
        assertThat(accumulator.poll(true, 10)).isNull();
        assertThat(accumulator.dueNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void closesTheOpenBatchForAFlush() {
        assertThat(accumulator.closeOpen()).isZero();
        add(RECORD, 0);

        assertThat(accumulator.closeOpen()).isEqualTo(1);

        assertThat(accumulator.firstClosedSequence()).isEqualTo(1);
        assertThat(accumulator.poll(false, 0)).isNotNull();
        assertThat(accumulator.firstClosedSequence()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLargeRecordGoesAlone() {
        NewRecord large = NewRecord.of("key", "v".repeat(1000)).withTimestamp(1);
        add(RECORD, 0);
        add(large, 0);
        add(RECORD, 0);

        assertThat(recordsIn(Objects.requireNonNull(accumulator.poll(false, 0))))
                .isEqualTo(1);
        PendingBatch alone = Objects.requireNonNull(accumulator.poll(false, 0));
        assertThat(recordsIn(alone)).isEqualTo(1);
        assertThat(alone.body()).hasSizeGreaterThan(1000);
    }

    private boolean add(NewRecord record, long nowNanos) {
        return accumulator.add(record, 100, new CompletableFuture<>(), nowNanos);
    }

    private static int recordsIn(PendingBatch batch) {
        BatchInfo info = BatchScanner.check(batch.body(), 0, batch.body().length, 100);
        assertThat(batch.results()).hasSize(info.recordCount());
        return info.recordCount();
    }
}
