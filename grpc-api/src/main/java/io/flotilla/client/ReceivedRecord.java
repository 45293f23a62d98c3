package io.flotilla.client;

import io.flotilla.record.StoredRecord;

/**
 * A record of a group, for who processes records as they come. Each must be acked once, in any order.
 */
public final class ReceivedRecord {
    private final TopicPartition partition;
    private final StoredRecord content;
    private final Runnable done;

    ReceivedRecord(TopicPartition partition, StoredRecord content, Runnable done) {
        this.partition = partition;
        this.content = content;
        this.done = done;
    }

    public TopicPartition partition() {
        return partition;
    }

    public StoredRecord content() {
        return content;
    }

    /** Says that it is processed; the group's position moves behind it once all records before it are too. */
    public void ack() {
        done.run();
    }
}
