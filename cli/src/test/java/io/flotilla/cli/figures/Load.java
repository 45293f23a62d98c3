package io.flotilla.cli.figures;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.record.NewRecord;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Records of a kibibyte, sent as fast as they are taken or at a pace. */
final class Load {
    static final int RECORD_BYTES = 1024;

    private static final long PAUSE_NANOS = 100_000;

    private Load() {}

    /** Sends records without keys for a while, and waits for the last answer. */
    static String run(Producer producer, Duration time, int perSecond) {
        long start = System.nanoTime();
        return run(producer, () -> System.nanoTime() - start < time.toNanos(), perSecond);
    }

    /** The same, as long as {@code goesOn}, which is asked once for each record. */
    static String run(Producer producer, BooleanSupplier goesOn, int perSecond) {
        byte[] bytes = new byte[RECORD_BYTES];
        new Random(1).nextBytes(bytes);
        NewRecord record = NewRecord.of(ByteString.copyFrom(bytes));
        Latencies latencies = new Latencies();
        LongAdder failed = new LongAdder();
        long start = System.nanoTime();
        long sent = 0;
        while (goesOn.getAsBoolean()) {
            long now = System.nanoTime();
            long due = perSecond == Integer.MAX_VALUE
                    ? sent + 1
                    : (long) ((double) (now - start) / TimeUnit.SECONDS.toNanos(1) * perSecond);
            if (sent >= due) {
                LockSupport.parkNanos(PAUSE_NANOS);
                continue;
            }
            sent++;
            long at = System.nanoTime();
            var unused = producer.send(record).whenComplete((ack, error) -> {
                if (error == null) {
                    latencies.add(System.nanoTime() - at);
                } else {
                    failed.increment();
                }
            });
        }
        FlotillaClient.join(producer.flush());
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(failed.sum()).as("failed sends").isZero();
        return "%.1f MB/s acknowledged, %d records, p50 %s, p99 %s"
                .formatted(
                        sent * (double) RECORD_BYTES / 1e6 / seconds,
                        sent,
                        latencies.percentile(50),
                        latencies.percentile(99));
    }
}
