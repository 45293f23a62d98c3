package io.flotilla.client;

import io.flotilla.error.ErrorTable;
import io.flotilla.v1.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Counts in a registry of Micrometer, under names that begin with {@code flotilla.producer}, {@code flotilla.consumer} and
 * {@code flotilla.client}; {@code docs/client-metrics.md} lists them. The only class of the client that needs Micrometer, so
 * that nobody else does. Safe for any thread; what it remembers is guarded by its lock.
 */
public final class MicrometerMeters extends ClientMeters {
    private static final int MAX_LAG_GAUGES = 100;

    private final MeterRegistry registry;
    private final Map<String, Set<LongSupplier>> buffers = new ConcurrentHashMap<>(); // of producers, by topic
    private final Map<List<String>, Lag> lags = new HashMap<>(); // guarded by this

    private final Map<List<String>, Timer> handlers = new ConcurrentHashMap<>(); // found for each record

    private record Lag(Tenure tenure, Gauge gauge) {}

    private MicrometerMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** For {@link ClientConfig#withMeters}. */
    public static ClientMeters in(MeterRegistry registry) {
        return new MicrometerMeters(registry);
    }

    @Override
    void producerOpened(String topic, LongSupplier bufferedBytes) {
        Set<LongSupplier> ofTopic = buffers.computeIfAbsent(topic, key -> ConcurrentHashMap.newKeySet());
        ofTopic.add(bufferedBytes);
        var unused = Gauge.builder(ClientMeter.PRODUCER_BUFFERED.id(), ofTopic, MicrometerMeters::sum)
                .tags(tags(ClientMeter.PRODUCER_BUFFERED, topic))
                .description(ClientMeter.PRODUCER_BUFFERED.meaning())
                .baseUnit(ClientMeter.PRODUCER_BUFFERED.type().unit())
                .strongReference(true)
                .register(registry);
    }

    private static double sum(Set<LongSupplier> parts) {
        return parts.stream().mapToLong(LongSupplier::getAsLong).sum();
    }

    @Override
    void producerClosed(String topic, LongSupplier bufferedBytes) {
        buffers.getOrDefault(topic, Set.of()).remove(bufferedBytes);
    }

    @Override
    void sent(String topic, long queuedNanos) {
        timer(ClientMeter.PRODUCER_QUEUE_TIME, topic).record(queuedNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    void acknowledged(String topic, int records, int bytes, long latencyNanos) {
        counter(ClientMeter.PRODUCER_RECORDS, topic).increment(records);
        counter(ClientMeter.PRODUCER_BYTES, topic).increment(bytes);
        counter(ClientMeter.PRODUCER_BATCHES, topic).increment();
        DistributionSummary.builder(ClientMeter.PRODUCER_BATCH_SIZE.id())
                .tags(tags(ClientMeter.PRODUCER_BATCH_SIZE, topic))
                .description(ClientMeter.PRODUCER_BATCH_SIZE.meaning())
                .baseUnit(ClientMeter.PRODUCER_BATCH_SIZE.type().unit())
                .register(registry)
                .record(bytes);
        timer(ClientMeter.PRODUCER_REQUEST_LATENCY, topic).record(latencyNanos, TimeUnit.NANOSECONDS);
    }

    @Override
    void retried(String topic, ErrorCode why) {
        counter(ClientMeter.PRODUCER_RETRIES, topic, ErrorTable.name(why)).increment();
    }

    @Override
    void failed(String topic, int records, ErrorCode why) {
        counter(ClientMeter.PRODUCER_ERRORS, topic, ErrorTable.name(why)).increment(records);
    }

    @Override
    synchronized void gained(String group, Tenure tenure) {
        counter(ClientMeter.CONSUMER_REBALANCES, group, tenure.partition().topic(), "gained")
                .increment();
        List<String> key = lagKey(group, tenure.partition());
        Lag before = lags.remove(key);
        if (before != null) {
            registry.remove(before.gauge());
        }
        if (lags.size() < MAX_LAG_GAUGES) {
            lags.put(
                    key,
                    new Lag(
                            tenure,
                            Gauge.builder(ClientMeter.CONSUMER_LAG.id(), tenure, Tenure::lag)
                                    .tags(tags(ClientMeter.CONSUMER_LAG, key.toArray(String[]::new)))
                                    .description(ClientMeter.CONSUMER_LAG.meaning())
                                    .strongReference(true)
                                    .register(registry)));
        }
    }

    @Override
    synchronized void lost(String group, Tenure tenure) {
        counter(ClientMeter.CONSUMER_REBALANCES, group, tenure.partition().topic(), "lost")
                .increment();
        List<String> key = lagKey(group, tenure.partition());
        Lag lag = lags.get(key);
        if (lag != null && lag.tenure() == tenure) { // else another member here has the partition
            lags.remove(key);
            registry.remove(lag.gauge());
        }
    }

    private static List<String> lagKey(String group, TopicPartition partition) {
        return List.of(group, partition.topic(), Integer.toString(partition.partition()));
    }

    @Override
    void taken(String group, Delivery delivery) {
        String topic = delivery.partition().topic();
        counter(ClientMeter.CONSUMER_RECORDS, group, topic).increment((double)
                delivery.batches().stream().mapToLong(ReadBatch::recordCount).sum());
        counter(ClientMeter.CONSUMER_BYTES, group, topic).increment((double) delivery.batches().stream()
                .mapToLong(batch -> batch.frame().size())
                .sum());
    }

    @Override
    void processed(String group, Delivery delivery, long nanos) {
        timer(ClientMeter.CONSUMER_PROCESSING_TIME, group, delivery.partition().topic())
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    void handled(String group, String topic, long nanos) {
        handlers.computeIfAbsent(List.of(group, topic), key -> timer(ClientMeter.CONSUMER_HANDLER_TIME, group, topic))
                .record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    void committed(String group) {
        counter(ClientMeter.CONSUMER_COMMITS, group).increment();
    }

    @Override
    void commitRefused(String group, ErrorCode why) {
        counter(ClientMeter.CONSUMER_COMMIT_FAILURES, group, ErrorTable.name(why))
                .increment();
    }

    @Override
    void called(String method, ErrorCode outcome, long nanos) {
        String code = outcome == ErrorCode.ERROR_CODE_UNSPECIFIED ? "OK" : ErrorTable.name(outcome);
        timer(ClientMeter.CLIENT_CALLS, method, code).record(nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    void streamEnded(String kind, ErrorCode why) {
        counter(ClientMeter.CLIENT_STREAM_ENDS, kind, ErrorTable.name(why)).increment();
    }

    private Counter counter(ClientMeter meter, String... values) {
        return Counter.builder(meter.id())
                .tags(tags(meter, values))
                .description(meter.meaning())
                .register(registry);
    }

    private Timer timer(ClientMeter meter, String... values) {
        return Timer.builder(meter.id())
                .tags(tags(meter, values))
                .description(meter.meaning())
                .register(registry);
    }

    private static Tags tags(ClientMeter meter, String... values) {
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(meter.tags().get(i), values[i]);
        }
        return tags;
    }
}
