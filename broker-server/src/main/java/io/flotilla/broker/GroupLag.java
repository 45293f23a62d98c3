package io.flotilla.broker;

import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.GroupDescription.GroupPartition;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * How far groups are behind, by group and topic. Only the coordinator of a group tells, so that a cluster tells it once. One
 * group after another is asked about, never two at a time. Owner: the control loop.
 */
final class GroupLag {
    /** Of groups that are looked at, and of the series they may have: a round is short, a scrape small. */
    private static final int MOST = 1000;

    private final Supplier<List<String>> groups;
    private final Function<String, CompletionStage<GroupDescription>> describe;
    private final Executor loop;
    private final MultiGauge records;
    private final MultiGauge seconds;
    private final Queue<String> toLookAt = new ArrayDeque<>();
    private List<Row> rows = new ArrayList<>();
    private boolean running;
    private volatile int leftOut;

    /** Of one group in one topic. */
    private record Row(String group, String topic, long records, double seconds) {
        Tags tags() {
            return Tags.of("group", group, "topic", topic);
        }
    }

    /**
     * @param groups those coordinated here, the important ones first
     * @param loop the control loop
     */
    GroupLag(
            MeterRegistry registry,
            Supplier<List<String>> groups,
            Function<String, CompletionStage<GroupDescription>> describe,
            Executor loop) {
        this.groups = groups;
        this.describe = describe;
        this.loop = loop;
        this.records = MultiGauge.builder("flotilla.group.lag.records")
                .description("Records the group has not committed yet; told by its coordinator")
                .register(registry);
        this.seconds = MultiGauge.builder("flotilla.group.lag")
                .description("Age of the oldest record the group has not committed yet; told by its coordinator")
                .baseUnit("seconds")
                .register(registry);
        Gauge.builder("flotilla.group.lag.omitted", this, lag -> lag.leftOut)
                .description("Groups coordinated here whose lag is not told, as there are more than 1000")
                .register(registry);
    }

    /** Begins a round, if the last one is over. */
    void refresh() {
        if (!running) {
            running = true;
            rows = new ArrayList<>();
            List<String> all = groups.get();
            toLookAt.clear();
            all.stream().limit(MOST).forEach(toLookAt::add);
            next();
        }
    }

    private void next() {
        String group = toLookAt.poll();
        if (group == null || rows.size() >= MOST) {
            show();
            return;
        }
        var unused = CompletableFuture.completedFuture(group)
                .thenCompose(describe)
                .whenComplete((description, error) -> loop.execute(() -> {
                    if (error == null) { // or it is gone, or its coordinator moves: it is told of in the next round
                        add(description);
                    }
                    next();
                }));
    }

    private void add(GroupDescription group) {
        Map<String, Row> topics = new TreeMap<>();
        for (GroupPartition partition : group.getPartitionsList()) {
            String topic = partition.getPartition().getTopic();
            topics.merge(
                    topic,
                    new Row(group.getName(), topic, partition.getLagRecords(), partition.getLagMs() / 1000.0),
                    (a, b) -> new Row(
                            group.getName(), topic, a.records() + b.records(), Math.max(a.seconds(), b.seconds())));
        }
        topics.values().stream().limit(MOST - rows.size()).forEach(rows::add);
    }

    private void show() {
        List<Row> told = rows;
        records.register(
                told.stream()
                        .<MultiGauge.Row<?>>map(row -> MultiGauge.Row.of(row.tags(), row.records()))
                        .toList(),
                true);
        seconds.register(
                told.stream()
                        .<MultiGauge.Row<?>>map(row -> MultiGauge.Row.of(row.tags(), row.seconds()))
                        .toList(),
                true);
        leftOut = Math.max(0, groups.get().size() - MOST) + toLookAt.size();
        running = false;
    }
}
