package io.flotilla.cli.data;

import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.Admin;
import io.flotilla.client.ConsumerConfig;
import io.flotilla.client.Delivery;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.GroupConsumer;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.StoredRecord;
import io.flotilla.v1.ListOffsetsResponse.Result;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.Position;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Consuming as a member of a group: what was written out is acked. Used by one thread. */
final class GroupConsumption {
    private static final Duration WAIT = Duration.ofMillis(500);

    private final Session session;
    private final FlotillaClient connection;
    private final ConsumerConfig config;
    private final long count;
    private long taken;
    private @Nullable FlotillaException told;

    GroupConsumption(Session session, FlotillaClient connection, ConsumerConfig config, long count) {
        this.session = session;
        this.connection = connection;
        this.config = config;
        this.count = count;
    }

    /**
     * Returns after {@code count} records, or when the group has reached what is the end now.
     *
     * @param untilEnd of the topic; false to go on for ever
     */
    void run(String topic, boolean untilEnd, RecordSink sink) throws InterruptedException, IOException {
        Map<PartitionKey, Long> ends = untilEnd ? ends(topic) : Map.of();
        GroupConsumer consumer = connection.consumer(config);
        Thread leave = new Thread(consumer::close, "flotilla-leave");
        Runtime.getRuntime().addShutdownHook(leave); // ^C: others are to take over at once
        try (consumer) {
            while (taken < count) {
                Delivery delivery = consumer.poll(Duration.ZERO);
                if (delivery == null) {
                    session.out().flush(); // before waiting, so that a pipe sees what there is
                    delivery = consumer.poll(WAIT);
                }
                if (delivery != null) {
                    take(delivery, sink);
                } else if (consumer.isClosed() || (!tellTrouble(consumer.trouble()) && untilEnd && hasReached(ends))) {
                    return;
                }
            }
        } finally {
            forget(leave);
        }
    }

    /** Each kind once; true if there is any. */
    private boolean tellTrouble(@Nullable FlotillaException trouble) {
        if (trouble != null && (told == null || told.code() != trouble.code())) {
            session.say("not in group %s yet, trying on: %s".formatted(config.group(), trouble.getMessage()));
        }
        told = trouble;
        return trouble != null;
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it is at work already
        }
    }

    /** Of a delivery of which not all is taken, the rest is for whoever comes next. */
    private void take(Delivery delivery, RecordSink sink) throws IOException {
        for (StoredRecord record : delivery.records()) {
            if (taken == count) {
                session.out().flush();
                delivery.ackBefore(record.offset());
                return;
            }
            sink.add(delivery.partition(), record);
            taken++;
        }
        session.out().flush();
        delivery.ack();
    }

    private record PartitionKey(String topic, int partition) {}

    private Map<PartitionKey, Long> ends(String topic) {
        Admin admin = connection.admin();
        int partitions =
                Requests.ask("consume " + topic, connection.topic(topic)).partitionCount();
        List<Result> found = Requests.ask(
                "look up the end of " + topic,
                admin.offsets(
                        IntStream.range(0, partitions)
                                .mapToObj(number -> new io.flotilla.client.TopicPartition(topic, number))
                                .toList(),
                        Position.newBuilder()
                                .setAnchor(Position.Anchor.ANCHOR_END)
                                .build()));
        Map<PartitionKey, Long> ends = new HashMap<>();
        found.forEach(result -> ends.put(
                new PartitionKey(result.getTopic(), result.getPartition()),
                result.getFound().getOffset()));
        ends.values().removeIf(end -> end == 0);
        return ends;
    }

    private boolean hasReached(Map<PartitionKey, Long> ends) {
        Map<PartitionKey, Long> left = new HashMap<>(ends);
        List<PartitionOffset> positions = Requests.ask(
                "look up the positions of group " + config.group(),
                connection.admin().positions(config.group()));
        positions.forEach(position -> left.computeIfPresent(
                new PartitionKey(position.getTopic(), position.getPartition()), (key, end) -> reached(position, end)));
        return left.isEmpty();
    }

    private static @Nullable Long reached(PartitionOffset position, long end) {
        return position.getOffset() >= end ? null : end;
    }
}
