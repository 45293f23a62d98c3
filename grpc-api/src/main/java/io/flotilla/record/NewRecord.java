package io.flotilla.record;

import com.google.protobuf.ByteString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record to write.
 *
 * @param key null = none: the record goes to any partition
 * @param value null is different from empty
 * @param headers in order; keys may repeat
 * @param timestampMs create time in milliseconds since the epoch; {@link #NO_TIMESTAMP} = the producer's clock, or the
 *     broker's if the producer has none
 */
public record NewRecord(
        @Nullable ByteString key, @Nullable ByteString value, List<RecordHeader> headers, long timestampMs) {
    /** {@link #timestampMs} when the record does not bring its own. */
    public static final long NO_TIMESTAMP = 0;

    public NewRecord {
        headers = List.copyOf(headers);
        if (timestampMs < 0) {
            throw new IllegalArgumentException("timestamp is %d ms; must be 0 or more".formatted(timestampMs));
        }
    }

    /** A record with a value only. */
    public static NewRecord of(ByteString value) {
        return new NewRecord(null, value, List.of(), NO_TIMESTAMP);
    }

    /** A record with a key and a value. */
    public static NewRecord of(ByteString key, ByteString value) {
        return new NewRecord(key, value, List.of(), NO_TIMESTAMP);
    }

    /** A record with text. */
    public static NewRecord of(String key, String value) {
        return of(ByteString.copyFromUtf8(key), ByteString.copyFromUtf8(value));
    }

    public NewRecord withTimestamp(long newTimestampMs) {
        return new NewRecord(key, value, headers, newTimestampMs);
    }

    public NewRecord withHeaders(RecordHeader... newHeaders) {
        return new NewRecord(key, value, List.of(newHeaders), timestampMs);
    }
}
