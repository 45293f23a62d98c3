package io.flotilla.record;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A name and a value beside a record's own key and value.
 *
 * @param value null is different from empty
 */
public record RecordHeader(String key, @Nullable ByteString value) {
    /** A header with text. */
    public static RecordHeader of(String key, String value) {
        return new RecordHeader(key, ByteString.copyFromUtf8(value));
    }
}
