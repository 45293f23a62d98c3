package io.flotilla.client;

import io.flotilla.record.StoredRecord;

/** Processes records of a group, one at a time per partition or key; see {@link HandlerConfig.Ordering}. */
@FunctionalInterface
public interface RecordHandler {
    /**
     * Processes one record. To return says that it is processed; to throw, that it is to be tried again as {@link
     * RetryPolicy} says.
     */
    void handle(TopicPartition partition, StoredRecord record) throws Exception;
}
