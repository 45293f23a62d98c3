package io.flotilla.metadata;

import com.google.protobuf.Message;
import java.util.Collection;
import java.util.List;

/** Looks for what protobuf would silently carry along: fields that this software's messages do not have. */
final class UnknownFields {
    private UnknownFields() {}

    /** Throws if {@code message}, or a message in it, has such a field. */
    static void refuse(Message message) {
        Collection<Integer> unknown = message.getUnknownFields().asMap().keySet();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("%s has fields %s, which this broker does not know; upgrade it"
                    .formatted(message.getDescriptorForType().getName(), unknown));
        }
        for (Object value : message.getAllFields().values()) {
            for (Object element : value instanceof List<?> list ? list : List.of(value)) {
                if (element instanceof Message nested) {
                    refuse(nested);
                }
            }
        }
    }
}
