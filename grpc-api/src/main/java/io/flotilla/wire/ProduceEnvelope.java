package io.flotilla.wire;

import com.google.protobuf.ByteString;
import io.flotilla.v1.Acks;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.ProduceRequest;
import java.util.OptionalLong;

/**
 * One {@link ProduceRequest} as it came: its header fields, and its batch as a range of the same array, neither copied
 * nor looked into. Immutable as long as nobody changes the array. A broker that forwards sends {@link #bytes()} on, so
 * that fields newer than this release survive.
 *
 * <p>Scanning refuses only what cannot be decoded; whether the fields make sense (a topic is named, the batch is there)
 * is for the service to say, in an answer with this {@link #correlationId()}.
 */
public final class ProduceEnvelope {
    /** {@link #partition()} when the broker is to choose. */
    public static final int NO_PARTITION = -1;

    /** {@link #leaderEpoch()} when there is nothing to check. */
    public static final int NO_EPOCH = -1;

    private static final int BATCH_FIELD = ProduceRequest.BATCH_FIELD_NUMBER;

    private final byte[] bytes;
    private long correlationId;
    private String topic = "";
    private boolean hasPartition;
    private int partition = NO_PARTITION;
    private boolean hasLeaderEpoch;
    private int leaderEpoch = NO_EPOCH;
    private ByteString topicId = ByteString.EMPTY;
    private int acks;
    private int timeoutMs;
    private boolean leaderOnly;
    private boolean hasExpectedOffset;
    private long expectedOffset;
    private ByteString routingKey = ByteString.EMPTY;
    private int batchPosition;
    private int batchBytes;

    private ProduceEnvelope(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Reads the header of an encoded request. Keeps {@code bytes}; the caller must not change them any more.
     *
     * @throws FormatException INVALID_REQUEST if this is not an encoded ProduceRequest, or a field occurs twice
     */
    public static ProduceEnvelope scan(byte[] bytes) {
        ProduceEnvelope envelope = new ProduceEnvelope(bytes);
        WireReader in = new WireReader(bytes, 0, bytes.length, ErrorCode.ERROR_CODE_INVALID_REQUEST);
        int seen = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            int field = tag >>> 3;
            if (field > BATCH_FIELD || !envelope.read(tag, in)) {
                in.skip(tag & 7);
                continue;
            }
            if ((seen & 1 << field) != 0) {
                throw in.broken("field %d of ProduceRequest occurs twice".formatted(field));
            }
            seen |= 1 << field;
        }
        return envelope;
    }

    private boolean read(int tag, WireReader in) {
        switch (tag) {
            case 1 << 3 -> correlationId = in.int64();
            case 2 << 3 | WireType.LENGTH_DELIMITED -> topic = in.string();
            case 3 << 3 -> {
                hasPartition = true;
                partition = in.int32();
            }
            case 4 << 3 -> {
                hasLeaderEpoch = true;
                leaderEpoch = in.int32();
            }
            case 5 << 3 | WireType.LENGTH_DELIMITED -> topicId = in.slice();
            case 6 << 3 -> acks = in.int32();
            case 7 << 3 -> timeoutMs = in.int32();
            case 8 << 3 -> leaderOnly = in.bool();
            case 9 << 3 -> {
                hasExpectedOffset = true;
                expectedOffset = in.int64();
            }
            case 11 << 3 | WireType.LENGTH_DELIMITED -> routingKey = in.slice();
            case BATCH_FIELD << 3 | WireType.LENGTH_DELIMITED -> {
                batchBytes = in.length();
                batchPosition = in.position();
                in.advance(batchBytes);
            }
            default -> {
                return refuseKnownField(tag, in);
            }
        }
        return true;
    }

    /** A known field under another wire type would be an unknown field to generated code, and lost. */
    private static boolean refuseKnownField(int tag, WireReader in) {
        int field = tag >>> 3;
        if (ProduceRequest.getDescriptor().findFieldByNumber(field) != null) {
            throw in.broken("field %d of ProduceRequest has wire type %d".formatted(field, tag & 7));
        }
        return false;
    }

    /** The whole encoded request. */
    public byte[] bytes() {
        return bytes;
    }

    /** Chosen by the client; unsigned. */
    public long correlationId() {
        return correlationId;
    }

    /** As sent; empty if missing, and not checked for legal characters. */
    public String topic() {
        return topic;
    }

    public boolean hasPartition() {
        return hasPartition;
    }

    /** As sent, not checked; {@link #NO_PARTITION} if absent. */
    public int partition() {
        return partition;
    }

    public boolean hasLeaderEpoch() {
        return hasLeaderEpoch;
    }

    /** {@link #NO_EPOCH} if absent. */
    public int leaderEpoch() {
        return leaderEpoch;
    }

    /** Empty = no check; else it should have 16 bytes. A view of {@link #bytes()}. */
    public ByteString topicId() {
        return topicId;
    }

    /** {@code UNRECOGNIZED} for a value this release does not know. */
    public Acks acks() {
        Acks known = Acks.forNumber(acks);
        return known == null ? Acks.UNRECOGNIZED : known;
    }

    /** 0 = the default. */
    public int timeoutMs() {
        return timeoutMs;
    }

    public boolean leaderOnly() {
        return leaderOnly;
    }

    /** Base offset that the batch must get; empty = any. Not checked. */
    public OptionalLong expectedOffset() {
        return hasExpectedOffset ? OptionalLong.of(expectedOffset) : OptionalLong.empty();
    }

    /** Empty if absent. A view of {@link #bytes()}. */
    public ByteString routingKey() {
        return routingKey;
    }

    /** Index in {@link #bytes()} of the encoded RecordBatch. */
    public int batchPosition() {
        return batchPosition;
    }

    /** Size of the encoded RecordBatch; 0 if missing or empty. */
    public int batchBytes() {
        return batchBytes;
    }
}
