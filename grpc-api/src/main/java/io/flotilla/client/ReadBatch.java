package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.RecordCursor;
import io.flotilla.record.StoredRecord;
import io.flotilla.wire.FormatException;
import java.util.ArrayList;
import java.util.List;

/**
 * A stored batch as a reader got it, checked against its checksums and not yet decoded. Immutable; keeps the message it
 * came in alive.
 */
public final class ReadBatch {
    private final TopicPartition partition;
    private final BatchFrame frame;
    private final long from;
    private final long until;
    private final long highWatermark;

    /**
     * @param from records below are not asked for
     * @param until records at or above are not asked for
     */
    ReadBatch(TopicPartition partition, BatchFrame frame, long from, long until, long highWatermark) {
        this.partition = partition;
        this.frame = frame;
        this.from = from;
        this.until = until;
        this.highWatermark = highWatermark;
    }

    public TopicPartition partition() {
        return partition;
    }

    /** The batch as stored; it may hold records outside the range that is read. */
    public BatchFrame frame() {
        return frame;
    }

    /** The first offset that is asked for. */
    long firstOffset() {
        return Math.max(frame.baseOffset(), from);
    }

    /** How many offsets of it are asked for. */
    long recordCount() {
        return nextOffset() - firstOffset();
    }

    /** Where to go on after this batch. */
    public long nextOffset() {
        return Math.min(frame.nextOffset(), until);
    }

    /** First offset that was not known to be committed when the batch was sent. */
    public long highWatermark() {
        return highWatermark;
    }

    /**
     * The records of the range, decoded now.
     *
     * @throws FlotillaException INVALID_BATCH or UNSUPPORTED_COMPRESSION if the batch cannot be decoded; the reader can
     *     go on with the next one
     */
    public List<StoredRecord> records() {
        try {
            List<StoredRecord> records = new ArrayList<>();
            for (RecordCursor cursor = RecordCursor.open(frame); cursor.next(); ) {
                if (cursor.offset() >= from && cursor.offset() < until) {
                    records.add(cursor.record());
                }
            }
            return records;
        } catch (FormatException e) {
            throw FlotillaException.of(
                    e.code(),
                    "%s: the batch at offset %d cannot be decoded: %s; skip to offset %d"
                            .formatted(partition, frame.baseOffset(), e.getMessage(), frame.nextOffset()));
        }
    }
}
