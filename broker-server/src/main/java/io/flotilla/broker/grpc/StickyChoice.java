package io.flotilla.broker.grpc;

import io.flotilla.metadata.TopicId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Chooses partitions for batches without a key: stays with one until enough bytes went there, then takes the next
 * (KIP-480, KIP-794). Owner: one stream.
 */
final class StickyChoice {
    private static final int BYTES_PER_STAY = 64 << 10;

    private final Map<TopicId, Stay> stays = new HashMap<>();

    private static final class Stay {
        private int partition;
        private long bytes;
    }

    int next(TopicId topic, int partitions, int bytes) {
        Stay stay = stays.computeIfAbsent(topic, id -> {
            Stay first = new Stay();
            first.partition = ThreadLocalRandom.current().nextInt(partitions);
            return first;
        });
        if (stay.bytes >= BYTES_PER_STAY || stay.partition >= partitions) {
            stay.partition = (stay.partition + 1) % partitions;
            stay.bytes = 0;
        }
        stay.bytes += bytes;
        return stay.partition;
    }
}
