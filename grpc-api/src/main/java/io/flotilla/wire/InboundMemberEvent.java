package io.flotilla.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.SubscribeResponse;

/** An event of a Subscribe call as a client gets it: a delivery that is still one array, or anything else as a message. */
public sealed interface InboundMemberEvent {
    /** Records to process. */
    record Delivery(long id, InboundEvent.Frames frames) implements InboundMemberEvent {}

    /** Everything else. */
    record Other(SubscribeResponse event) implements InboundMemberEvent {}

    /**
     * Tells the two apart.
     *
     * @throws FormatException INVALID_REQUEST if this is no such event
     */
    static InboundMemberEvent parse(byte[] message) {
        WireReader in = new WireReader(message, 0, message.length, ErrorCode.ERROR_CODE_INVALID_REQUEST);
        try {
            if (in.atEnd()
                    || in.tag() != WireType.tag(SubscribeResponse.DELIVERY_FIELD_NUMBER, WireType.LENGTH_DELIMITED)) {
                return new Other(SubscribeResponse.parseFrom(message));
            }
            int unusedLength = in.length();
            return delivery(in, message);
        } catch (InvalidProtocolBufferException e) {
            throw in.broken("not an event: " + e.getMessage());
        }
    }

    private static Delivery delivery(WireReader in, byte[] message) throws InvalidProtocolBufferException {
        long id = 0;
        while (!in.atEnd()) {
            int tag = in.tag();
            if (tag == WireType.tag(SubscribeResponse.Delivery.DELIVERY_ID_FIELD_NUMBER, WireType.VARINT)) {
                id = in.int64();
            } else if (tag
                    == WireType.tag(SubscribeResponse.Delivery.BATCHES_FIELD_NUMBER, WireType.LENGTH_DELIMITED)) {
                int length = in.length();
                int from = in.position();
                in.advance(length);
                if (!in.atEnd()) {
                    throw in.broken(
                            "a delivery has %d bytes behind its batches".formatted(message.length - in.position()));
                }
                return new Delivery(id, InboundEvent.frames(message, from));
            } else {
                in.skip(tag & 7);
            }
        }
        throw in.broken("a delivery without batches");
    }
}
