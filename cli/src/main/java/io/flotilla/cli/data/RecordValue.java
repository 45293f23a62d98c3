package io.flotilla.cli.data;

import com.google.protobuf.ByteString;
import io.flotilla.cli.output.Value;
import io.flotilla.client.TopicPartition;
import io.flotilla.record.RecordHeader;
import io.flotilla.record.StoredRecord;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A record for programs. Bytes that are UTF-8 stand as text under their name ({@code value}), others in base 64 under
 * that name with {@code Base64} behind it; what is null is absent.
 */
public final class RecordValue {
    private RecordValue() {}

    public static Value.Fields of(TopicPartition partition, StoredRecord record) {
        Value.Builder fields = Value.Fields.with("topic", partition.topic())
                .and("partition", partition.partition())
                .and("offset", record.offset())
                .and("timestamp", Instant.ofEpochMilli(record.timestampMs()).toString());
        bytes(fields, "key", record.key());
        bytes(fields, "value", record.value());
        fields.and(
                "headers",
                new Value.Items(record.headers().stream()
                        .map(RecordValue::header)
                        .<Value>map(value -> value)
                        .toList()));
        return fields.build();
    }

    private static Value.Fields header(RecordHeader header) {
        Value.Builder fields = Value.Fields.with("key", header.key());
        bytes(fields, "value", header.value());
        return fields.build();
    }

    private static void bytes(Value.Builder fields, String name, @Nullable ByteString bytes) {
        if (bytes != null && bytes.isValidUtf8()) {
            fields.and(name, bytes.toStringUtf8());
        } else if (bytes != null) {
            fields.and(name + "Base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }
}
