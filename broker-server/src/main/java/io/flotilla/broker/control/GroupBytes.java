package io.flotilla.broker.control;

import com.google.protobuf.ByteString;
import io.flotilla.raft.GroupId;
import java.nio.ByteBuffer;
import java.util.UUID;

/** Group ids and other UUIDs as 16 bytes, most significant first. */
final class GroupBytes {
    private static final int BYTES = 16;

    private GroupBytes() {}

    static ByteString encode(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    static GroupId decode(ByteString bytes) {
        if (bytes.size() != BYTES) {
            throw new IllegalArgumentException("a group id has %d bytes, not %d".formatted(BYTES, bytes.size()));
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new GroupId(new UUID(buffer.getLong(), buffer.getLong()));
    }
}
