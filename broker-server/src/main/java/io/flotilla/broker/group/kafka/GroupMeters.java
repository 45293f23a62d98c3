package io.flotilla.broker.group.kafka;

import com.yammer.metrics.core.MetricsRegistry;
import io.flotilla.broker.v1.GroupAnswer;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.Positions;
import io.flotilla.v1.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetricsImpl;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;

/**
 * What the coordinator measures, under our names: the useful part of Kafka's own registry, which is read when somebody looks,
 * and what Kafka does not measure. Safe for use by any thread.
 */
final class GroupMeters {
    private static final String KAFKAS = GroupCoordinatorMetrics.METRICS_GROUP;
    private static final Map<String, String> QUANTILES = Map.of("p50", "0.5", "p99", "0.99", "max", "1");
    private static final List<ErrorCode> EVICTED =
            List.of(ErrorCode.ERROR_CODE_MEMBER_FENCED, ErrorCode.ERROR_CODE_UNKNOWN_MEMBER);
    private static final String[] STATES = {"Empty", "Assigning", "Reconciling", "Stable", "Dead"};

    private final Metrics kafka = new Metrics();
    private final GroupCoordinatorMetrics groups = new GroupCoordinatorMetrics(new MetricsRegistry(), kafka);
    private final CoordinatorRuntimeMetrics runtime = new CoordinatorRuntimeMetricsImpl(kafka, KAFKAS, false);
    private final MeterRegistry registry;
    private final Timer beats;
    private final Timer commits;
    private final Timer loads;
    private final Counter loadedRecords;
    private final Counter left;
    private final Counter removed;

    GroupMeters(MeterRegistry registry, GroupCensus census) {
        this.registry = registry;
        this.beats = timer("beat", "Heartbeats of members, until they were answered");
        this.commits = timer("commit", "Requests to commit positions, until they were on a majority");
        this.loads = timer("load", "Reading a partition of the offsets topic, when this broker began to lead it");
        this.loadedRecords = counter("load.records", "Records read of the offsets topic");
        this.left = counter("members.left", "Members that said that they leave, for good or for a while");
        this.removed = counter(
                "members.removed", "Members that are none any more: they left, or were silent or busy too long");
        EVICTED.forEach(this::refusals); // they are there to be watched before the first
        for (String state : STATES) {
            Gauge.builder("flotilla.group.groups", census, c -> c.states().getOrDefault(state, 0))
                    .description("Groups this broker coordinates, by state; counted every 5 seconds")
                    .tag("state", state.toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        readKafkas();
    }

    private void readKafkas() {
        total("rebalances", "Times a group got a new assignment", "consumer-group-rebalance-count");
        total("committed.positions", "Positions that were committed", "offset-commit-count");
        Gauge.builder("flotilla.group.events.waiting", this, m -> m.read("event-queue-size", Map.of()))
                .description("What the coordinator has still to do")
                .register(registry);
        QUANTILES.keySet().forEach(quantile -> {
            time(
                    "event.wait",
                    "How long what is to do waits in the coordinator's queue",
                    "event-queue-time-ms",
                    quantile);
            time("event.work", "How long the coordinator works on one thing", "event-processing-time-ms", quantile);
        });
        for (String state : new String[] {"loading", "active", "failed"}) {
            Gauge.builder("flotilla.group.partitions", this, m -> m.read("num-partitions", Map.of("state", state)))
                    .description(
                            "Partitions of the offsets topic this broker leads, by what the coordinator made of them")
                    .tag("state", state)
                    .register(registry);
        }
    }

    private void total(String name, String description, String kafkas) {
        FunctionCounter.builder("flotilla.group." + name, this, m -> m.read(kafkas, Map.of()))
                .description(description)
                .register(registry);
    }

    /** Kafka's histograms cover the last half minute or so. */
    private void time(String name, String description, String kafkas, String quantile) {
        TimeGauge.builder(
                        "flotilla.group." + name,
                        this,
                        TimeUnit.MILLISECONDS,
                        m -> m.read(kafkas + "-" + quantile, Map.of()))
                .description(description + ", lately")
                .tag("quantile", QUANTILES.getOrDefault(quantile, quantile))
                .register(registry);
    }

    private double read(String name, Map<String, String> tags) {
        Metric metric = kafka.metric(kafka.metricName(name, KAFKAS, "", tags));
        try {
            return metric != null && metric.metricValue() instanceof Number value ? value.doubleValue() : Double.NaN;
        } catch (KafkaException e) {
            return Double.NaN; // closed meanwhile
        }
    }

    private Timer timer(String name, String description) {
        return Timer.builder("flotilla.group." + name).description(description).register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("flotilla.group." + name)
                .description(description)
                .register(registry);
    }

    GroupCoordinatorMetrics groups() {
        return groups;
    }

    CoordinatorRuntimeMetrics runtime() {
        return runtime;
    }

    /** A call was answered so after {@code nanos}. */
    void answered(GroupCall call, GroupAnswer answer, long nanos) {
        switch (call.getCallCase()) {
            case BEAT -> beats.record(nanos, TimeUnit.NANOSECONDS);
            case COMMIT -> commits.record(nanos, TimeUnit.NANOSECONDS);
            default -> {
                // asked by people
            }
        }
        if (answer.hasError()) {
            refused(answer.getError().getCode());
        }
        answer.getPositions().getPositionsList().stream()
                .filter(Positions.Position::hasError)
                .map(position -> position.getError().getCode())
                .distinct()
                .forEach(this::refused);
    }

    private void refused(ErrorCode code) {
        refusals(code).increment();
    }

    private Counter refusals(ErrorCode code) {
        return Counter.builder("flotilla.group.refusals")
                .description(
                        "What the coordinator refused, by error; MEMBER_FENCED and UNKNOWN_MEMBER are members that "
                                + "are none any more and do not know it yet")
                .tag("code", code.name().substring("ERROR_CODE_".length()))
                .register(registry);
    }

    void loaded(long millis, long records) {
        loads.record(millis, TimeUnit.MILLISECONDS);
        loadedRecords.increment((double) records);
    }

    void memberLeft() {
        left.increment();
    }

    void memberRemoved() {
        removed.increment();
    }
}
