package io.flotilla.broker.producer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The batches that were written under a request id in the last {@link #WINDOW_MS}, by the clocks of the leaders that
 * wrote them; the last {@link #MOST} of them. Owner: {@link ProducerTable}.
 */
final class PublishedRequests {
    /** How long a request id is remembered. */
    static final long WINDOW_MS = 300_000;
    /** Ids remembered per partition, some 100 bytes each. */
    static final int MOST = 20_000;

    private final Map<UUID, WrittenBatch> byId = new HashMap<>();
    private final Deque<UUID> order = new ArrayDeque<>();

    void written(UUID id, WrittenBatch batch) {
        if (byId.put(id, batch) != null) {
            order.remove(id);
        }
        order.addLast(id);
        while (order.size() > MOST || isOver(byId.get(order.getFirst()), batch.appendTimeMs())) {
            byId.remove(order.removeFirst());
        }
    }

    private static boolean isOver(@Nullable WrittenBatch batch, long nowMs) {
        return batch == null || batch.appendTimeMs() + WINDOW_MS < nowMs;
    }

    @Nullable
    WrittenBatch find(UUID id, long nowMs) {
        WrittenBatch batch = byId.get(id);
        return isOver(batch, nowMs) ? null : batch;
    }

    void truncatedTo(long endOffset) {
        while (!order.isEmpty() && nextOffset(order.getLast()) > endOffset) {
            byId.remove(order.removeLast());
        }
    }

    private long nextOffset(UUID id) {
        WrittenBatch batch = byId.get(id);
        return batch == null ? Long.MAX_VALUE : batch.nextOffset();
    }

    /** Those below {@code endOffset}, in the order of the log. */
    List<Map.Entry<UUID, WrittenBatch>> committed(long endOffset) {
        List<Map.Entry<UUID, WrittenBatch>> below = new ArrayList<>();
        for (UUID id : order) {
            WrittenBatch batch = byId.get(id);
            if (batch != null && batch.nextOffset() <= endOffset) {
                below.add(Map.entry(id, batch));
            }
        }
        return below;
    }
}
