package io.flotilla.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.flotilla.v1.Batches;
import io.flotilla.v1.ProduceRequest;
import io.flotilla.v1.SubscribeResponse;
import io.flotilla.v1.SubscribeResponse.Delivery;
import java.io.IOException;
import java.io.OutputStream;

/**
 * A message on its way out: an encoded head, and a body that goes out behind it with a single copy. gRPC closes the body
 * once it is written, and also when writing fails; a call that ends before gRPC saw the message never does, and then
 * {@link #release()} is the sender's duty.
 */
public final class OutboundMessage {
    private static final byte[] NOTHING = {};

    private final byte[] head;
    private final FrameBody body;

    private OutboundMessage(byte[] head, FrameBody body) {
        this.head = head;
        this.body = body;
    }

    /** A message without a body. */
    public static OutboundMessage of(MessageLite message) {
        return new OutboundMessage(message.toByteArray(), FrameBody.EMPTY);
    }

    /**
     * A ConsumeResponse or FetchResponse with stored frames (both have them in field 1).
     *
     * @param header all fields of Batches but {@code batches}
     * @param frames whole frames, each beginning with its tag
     */
    public static OutboundMessage batches(Batches header, FrameBody frames) {
        int headerBytes = header.getSerializedSize();
        WireWriter head = new WireWriter(headerBytes + 16);
        head.tag(1, WireType.LENGTH_DELIMITED).varint((long) headerBytes + frames.size());
        head.raw(header.toByteString());
        return new OutboundMessage(head.toByteArray(), frames);
    }

    /**
     * A SubscribeResponse that delivers stored frames.
     *
     * @param header as in {@link #batches}
     */
    public static OutboundMessage delivery(long deliveryId, Batches header, FrameBody frames) {
        int headerBytes = header.getSerializedSize();
        WireWriter inner = new WireWriter(headerBytes + 32);
        inner.number(Delivery.DELIVERY_ID_FIELD_NUMBER, deliveryId);
        inner.tag(Delivery.BATCHES_FIELD_NUMBER, WireType.LENGTH_DELIMITED).varint((long) headerBytes + frames.size());
        inner.raw(header.toByteString());
        WireWriter head = new WireWriter(inner.size() + 16);
        head.tag(SubscribeResponse.DELIVERY_FIELD_NUMBER, WireType.LENGTH_DELIMITED)
                .varint((long) inner.size() + frames.size());
        head.raw(ByteString.copyFrom(inner.toByteArray()));
        return new OutboundMessage(head.toByteArray(), frames);
    }

    /**
     * A ProduceRequest around an encoded batch.
     *
     * @param header all fields but {@code batch}
     */
    public static OutboundMessage produce(ProduceRequest header, FrameBody batch) {
        return produce(header, NOTHING, batch);
    }

    /**
     * The same around a batch that is in two pieces.
     *
     * @param front encoded fields of the batch that {@code rest} does not have
     */
    public static OutboundMessage produce(ProduceRequest header, byte[] front, FrameBody rest) {
        int headerBytes = header.getSerializedSize();
        WireWriter head = new WireWriter(headerBytes + front.length + 16);
        head.raw(header.toByteString());
        head.tag(ProduceRequest.BATCH_FIELD_NUMBER, WireType.LENGTH_DELIMITED)
                .varint((long) front.length + rest.size());
        head.raw(ByteString.copyFrom(front));
        return new OutboundMessage(head.toByteArray(), rest);
    }

    /** Bytes of the whole message. */
    public int size() {
        return head.length + body.size();
    }

    void writeTo(OutputStream out) throws IOException {
        out.write(head);
        body.writeTo(out);
    }

    /** Gives back what the body holds. */
    public void release() {
        body.close();
    }
}
