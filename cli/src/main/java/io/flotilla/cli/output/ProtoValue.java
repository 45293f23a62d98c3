package io.flotilla.cli.output;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MapEntry;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Messages as values, under the names of protobuf's JSON mapping. Two things differ from that mapping, for the sake of
 * whoever reads the output with a tool: 64-bit integers are numbers, and a point in time ({@code create_time_ms}) is an
 * RFC 3339 text under the name without its unit ({@code createTime}).
 */
public final class ProtoValue {
    private static final String TIME_SUFFIX = "_time_ms";
    private static final int UNIT = "Ms".length();

    private ProtoValue() {}

    /** All fields, also those that have their default; only what is absent is left out. */
    public static Value.Fields of(MessageOrBuilder message) {
        Value.Builder fields = new Value.Builder();
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            boolean isAbsent = field.hasPresence() && !message.hasField(field);
            if (!isAbsent) {
                add(fields, field, message.getField(field));
            }
        }
        return fields.build();
    }

    private static void add(Value.Builder fields, FieldDescriptor field, Object value) {
        String name = field.getJsonName();
        if (field.isMapField()) {
            fields.and(name, map((List<?>) value));
        } else if (field.isRepeated()) {
            fields.and(
                    name,
                    new Value.Items(
                            ((List<?>) value).stream().map(ProtoValue::single).toList()));
        } else if (field.getName().endsWith(TIME_SUFFIX)) {
            if ((long) value != 0) {
                fields.and(
                        name.substring(0, name.length() - UNIT),
                        Instant.ofEpochMilli((long) value).toString());
            }
        } else {
            fields.and(name, single(value));
        }
    }

    private static Value map(List<?> entries) {
        Map<String, Value> values = new TreeMap<>();
        for (Object element : entries) {
            MapEntry<?, ?> entry = (MapEntry<?, ?>) element;
            values.put(String.valueOf(entry.getKey()), single(entry.getValue()));
        }
        return new Value.Fields(values);
    }

    private static Value single(Object value) {
        if (value instanceof Message message) {
            return of(message);
        }
        if (value instanceof Integer || value instanceof Long) {
            return new Value.Whole(((Number) value).longValue());
        }
        if (value instanceof Boolean flag) {
            return new Value.Flag(flag);
        }
        if (value instanceof ByteString bytes) {
            return new Value.Text(Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
        if (value instanceof EnumValueDescriptor constant) {
            return new Value.Text(constant.getName());
        }
        return new Value.Text(String.valueOf(value));
    }
}
