package io.flotilla.broker.producer;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A {@link ProducerTable} as of a committed point of the log; the same on every replica.
 *
 * @param endOffset the log's offset up to which it holds everything
 * @param leaderEpoch of the batch that ends there; tells whether a log is the one it was made of
 * @param histories by producer id, in the order of the log
 * @param requests in the order of the log
 */
record ProducerSnapshot(
        long endOffset,
        int leaderEpoch,
        Map<Long, List<SequencedBatch>> histories,
        List<Map.Entry<UUID, WrittenBatch>> requests) {
    ProducerSnapshot {
        histories = Map.copyOf(histories);
        requests = List.copyOf(requests);
    }
}
