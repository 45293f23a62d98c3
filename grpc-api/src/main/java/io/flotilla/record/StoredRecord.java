package io.flotilla.record;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read.
 *
 * @param offset its place in the partition
 * @param timestampMs create or append time, by the topic's timestamp type
 * @param key null = none; a view of the batch's bytes, which it keeps alive
 * @param value null is different from empty; a view likewise
 * @param headers in order
 */
public record StoredRecord(
        long offset,
        long timestampMs,
        @Nullable ByteString key,
        @Nullable ByteString value,
        List<RecordHeader> headers) {
    public StoredRecord {
        headers = List.copyOf(headers);
    }
}
