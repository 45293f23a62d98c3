package io.flotilla.broker.grpc;

import io.flotilla.v1.TopicPartition;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What was delivered to a member and is not acked yet. Owner: the call's serial execution. */
final class MemberDeliveries {
    private final Map<Long, Delivery> unacked = new LinkedHashMap<>(); // oldest first
    private final Map<TopicPartition, Deque<Delivery>> byPartition = new HashMap<>();
    private long lastId;

    /** One delivery. */
    record Delivery(long id, TopicPartition name, long nextOffset, int bytes, long sentNanos) {}

    /**
     * What an ack is worth.
     *
     * @param nextOffset position of the partition
     * @param bytes that count no longer
     */
    record Done(TopicPartition name, long nextOffset, long bytes) {}

    /** The id of the delivery. */
    long add(TopicPartition name, long nextOffset, int bytes, long nowNanos) {
        Delivery delivery = new Delivery(++lastId, name, nextOffset, bytes, nowNanos);
        unacked.put(delivery.id(), delivery);
        byPartition.computeIfAbsent(name, partition -> new ArrayDeque<>()).add(delivery);
        return delivery.id();
    }

    /**
     * This delivery and those of its partition before it are done. Empty if it was done before, or its partition was given
     * up.
     */
    Optional<Done> ack(long id) {
        if (id <= 0 || id > lastId) {
            throw Errors.invalid("delivery_id %s was never delivered on this stream; the last one is %d"
                    .formatted(Long.toUnsignedString(id), lastId));
        }
        Delivery last = unacked.get(id);
        if (last == null) {
            return Optional.empty();
        }
        Deque<Delivery> out = byPartition.getOrDefault(last.name(), new ArrayDeque<>());
        long bytes = 0;
        for (Delivery first = out.peek(); first != null && first.id() <= id; first = out.peek()) {
            out.remove();
            unacked.remove(first.id());
            bytes += first.bytes();
        }
        return Optional.of(new Done(last.name(), last.nextOffset(), bytes));
    }

    /** Acks of the partition's deliveries no longer count; returns their bytes. */
    long forget(TopicPartition name) {
        Deque<Delivery> out = byPartition.remove(name);
        if (out == null) {
            return 0;
        }
        long bytes = 0;
        for (Delivery delivery : out) {
            unacked.remove(delivery.id());
            bytes += delivery.bytes();
        }
        return bytes;
    }

    boolean isOut(TopicPartition name) {
        Deque<Delivery> out = byPartition.get(name);
        return out != null && !out.isEmpty();
    }

    int count() {
        return unacked.size();
    }

    Optional<Delivery> oldest() {
        return unacked.values().stream().findFirst();
    }
}
