package io.flotilla.broker.group.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.coordinator.group.generated.CoordinatorRecordType;
import org.jspecify.annotations.Nullable;

/**
 * What the keys of the offsets topic's records say without being decoded. Each begins with the type of the record (two
 * bytes) and, of the types below, the name of the group (its length in two bytes, then UTF-8).
 */
final class RecordKeys {
    private RecordKeys() {}

    /** The group whose members or assignments the record changes; empty if it holds a position or something else. */
    static Optional<String> changedGroup(@Nullable ByteBuffer key) {
        if (key == null || key.remaining() < 2 * Short.BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = key.duplicate();
        CoordinatorRecordType type = typeOf(in.getShort());
        if (type == null) {
            return Optional.empty();
        }
        return switch (type) {
            case CONSUMER_GROUP_METADATA,
                    CONSUMER_GROUP_MEMBER_METADATA,
                    CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA,
                    CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER,
                    CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT -> Optional.of(text(in));
            default -> Optional.empty();
        };
    }

    /** Whether the record says of a member that it is one, or, without a value, that it is none any more. */
    static boolean isMember(@Nullable ByteBuffer key) {
        return key != null
                && key.remaining() >= Short.BYTES
                && key.getShort(key.position()) == CoordinatorRecordType.CONSUMER_GROUP_MEMBER_METADATA.id();
    }

    private static @Nullable CoordinatorRecordType typeOf(short id) {
        for (CoordinatorRecordType type : CoordinatorRecordType.values()) {
            if (type.id() == id) {
                return type;
            }
        }
        return null;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
