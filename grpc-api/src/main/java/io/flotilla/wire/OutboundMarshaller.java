package io.flotilla.wire;

import io.grpc.MethodDescriptor;
import java.io.InputStream;

/** Sends messages that bring their own bytes; the side that uses it never receives them. */
final class OutboundMarshaller implements MethodDescriptor.Marshaller<OutboundMessage> {
    @Override
    public InputStream stream(OutboundMessage message) {
        return new OutboundStream(message);
    }

    @Override
    public OutboundMessage parse(InputStream in) {
        throw new UnsupportedOperationException("this side of the method only sends");
    }
}
