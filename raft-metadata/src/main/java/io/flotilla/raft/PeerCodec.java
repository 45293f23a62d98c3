package io.flotilla.raft;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.raft.v1.StandingRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** Group ids as bytes, and the requests made of them. */
public final class PeerCodec {
    private static final int ID_BYTES = 16;

    private PeerCodec() {}

    public static ByteString bytes(GroupId id) {
        return ByteString.copyFrom(ByteBuffer.allocate(ID_BYTES)
                .putLong(id.uuid().getMostSignificantBits())
                .putLong(id.uuid().getLeastSignificantBits())
                .flip());
    }

    public static GroupId groupId(ByteString bytes) throws InvalidProtocolBufferException {
        if (bytes.size() != ID_BYTES) {
            throw new InvalidProtocolBufferException(
                    "a group id has %d bytes, not %d".formatted(ID_BYTES, bytes.size()));
        }
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new GroupId(new UUID(buffer.getLong(), buffer.getLong()));
    }

    static byte[] standingRequest(List<GroupId> ids) {
        StandingRequest.Builder request = StandingRequest.newBuilder();
        ids.forEach(id -> request.addGroups(bytes(id)));
        return request.build().toByteArray();
    }
}
