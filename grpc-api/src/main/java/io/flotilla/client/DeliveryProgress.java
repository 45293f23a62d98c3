package io.flotilla.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Acks deliveries whose records are processed in any order: one is acked once all its records and all deliveries of its
 * partition before it are done. Safe for any thread.
 */
final class DeliveryProgress {
    private final Map<TopicPartition, Deque<Open>> open = new HashMap<>(); // guarded by this

    /** A delivery with records left. */
    private static final class Open {
        private final Delivery delivery;
        private int left;

        Open(Delivery delivery, int left) {
            this.delivery = delivery;
            this.left = left;
        }
    }

    /** To be run once for each record of the delivery. */
    Runnable begin(Delivery delivery, int records) {
        Open entry = new Open(delivery, records);
        synchronized (this) {
            Deque<Open> before = open.computeIfAbsent(delivery.partition(), partition -> new ArrayDeque<>());
            before.removeIf(old -> old.delivery.tenure() != delivery.tenure()); // delivered again, or to others
            before.add(entry);
        }
        if (records == 0) {
            advance(delivery.partition());
        }
        return () -> done(entry);
    }

    private void done(Open entry) {
        boolean last;
        synchronized (this) {
            entry.left--;
            last = entry.left == 0;
        }
        if (last) {
            advance(entry.delivery.partition());
        }
    }

    private synchronized void advance(TopicPartition partition) {
        Deque<Open> entries = open.getOrDefault(partition, new ArrayDeque<>());
        for (Open first = entries.peek(); first != null && first.left <= 0; first = entries.peek()) {
            entries.remove();
            first.delivery.ack();
        }
    }
}
