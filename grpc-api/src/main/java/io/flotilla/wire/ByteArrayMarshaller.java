package io.flotilla.wire;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Receives a message as one array of exactly its size, copied once from the transport's buffers. */
final class ByteArrayMarshaller implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] message) {
        return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream in) {
        if (!(in instanceof KnownLength)) {
            throw Status.UNIMPLEMENTED
                    .withDescription("this method does not accept compressed gRPC messages; compress batches instead")
                    .asRuntimeException();
        }
        try {
            byte[] message = new byte[in.available()];
            int read = in.readNBytes(message, 0, message.length);
            if (read < message.length) {
                throw new IOException("message ends after %d of %d bytes".formatted(read, message.length));
            }
            return message;
        } catch (IOException e) {
            throw Status.INTERNAL
                    .withDescription("cannot read a message from the transport")
                    .withCause(e)
                    .asRuntimeException();
        }
    }
}
