package io.flotilla.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.concurrent.TimeUnit;

/** The meters of all logs of a broker together; there are none per log. */
public final class LogMetrics {
    private final Timer flush;
    private final Counter flushedBytes;
    private final Counter appendedBytes;
    private final Counter appendedBatches;
    private final Counter tailHits;
    private final Counter tailMisses;
    private final Counter cutBytes;
    private final Counter truncations;
    private final Counter failures;
    private final Counter compactions;
    private final Counter compactedRecords;
    private final Counter compactedBytes;

    /** Registers the meters. */
    public LogMetrics(MeterRegistry registry, TailCache cache) {
        flush = Timer.builder("flotilla.log.flush")
                .description("Time to write and force what was appended")
                .publishPercentileHistogram()
                .register(registry);
        flushedBytes = bytes(registry, "flotilla.log.flushed", "Frame bytes made durable");
        appendedBytes = bytes(registry, "flotilla.log.appended", "Frame bytes taken in");
        appendedBatches = counter(registry, "flotilla.log.appended.batches", "Batches taken in");
        tailHits = counter(registry, "flotilla.log.tail.cache.hits", "Reads answered from memory");
        tailMisses = counter(registry, "flotilla.log.tail.cache.misses", "Reads answered from segment files");
        cutBytes = bytes(registry, "flotilla.log.recovery.cut", "Bytes of unfinished writes cut off when opening");
        truncations = counter(registry, "flotilla.log.truncations", "Times the end of a log was cut off");
        failures = counter(registry, "flotilla.log.failures", "Logs that failed for good");
        compactions = counter(registry, "flotilla.log.compactions", "Compactions of a log that came to their end");
        compactedRecords = counter(registry, "flotilla.log.compaction.records", "Records that compactions removed");
        compactedBytes =
                bytes(registry, "flotilla.log.compaction.freed", "Bytes by which compactions made logs smaller");
        Gauge.builder("flotilla.log.tail.cache.size", cache, TailCache::sizeBytes)
                .description("Frame bytes held in memory")
                .baseUnit(BaseUnits.BYTES)
                .strongReference(true)
                .register(registry);
    }

    void appended(Entry entry) {
        appendedBytes.increment(entry.sizeBytes());
        appendedBatches.increment(entry.batches());
    }

    void flushed(long bytes, long nanos) {
        flushedBytes.increment((double) bytes);
        flush.record(nanos, TimeUnit.NANOSECONDS);
    }

    void readFromTail() {
        tailHits.increment();
    }

    void readFromFile() {
        tailMisses.increment();
    }

    void recovered(long bytesCut) {
        cutBytes.increment((double) bytesCut);
    }

    void truncated() {
        truncations.increment();
    }

    void compacted(CompactionResult result) {
        compactions.increment();
        compactedRecords.increment((double) result.records());
        compactedBytes.increment((double) Math.max(0, result.bytesBefore() - result.bytesAfter()));
    }

    void failed() {
        failures.increment();
    }

    private static Counter bytes(MeterRegistry registry, String name, String description) {
        return Counter.builder(name)
                .description(description)
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }
}
