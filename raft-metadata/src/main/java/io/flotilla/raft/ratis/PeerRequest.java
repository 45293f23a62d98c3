package io.flotilla.raft.ratis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A call between nodes on the wire: one byte with the length of the method's name, the name, the body. */
final class PeerRequest {
    private final String method;
    private final byte[] body;

    /** @param method 1 to 127 ASCII characters */
    PeerRequest(String method, byte[] body) {
        if (method.length() > Byte.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "name of a call has %d characters; at most %d fit".formatted(method.length(), Byte.MAX_VALUE));
        }
        this.method = method;
        this.body = body;
    }

    String method() {
        return method;
    }

    byte[] body() {
        return body;
    }

    byte[] encode() {
        byte[] name = method.getBytes(StandardCharsets.US_ASCII);
        byte[] framed = Arrays.copyOf(new byte[] {(byte) name.length}, 1 + name.length + body.length);
        System.arraycopy(name, 0, framed, 1, name.length);
        System.arraycopy(body, 0, framed, 1 + name.length, body.length);
        return framed;
    }

    /** Reads what {@link #encode} wrote; anything else is a call of the method without a name, which nobody answers. */
    static PeerRequest decode(byte[] framed) {
        int length = framed.length == 0 ? 0 : framed[0];
        if (length <= 0 || 1 + length > framed.length) {
            return new PeerRequest("", new byte[0]);
        }
        return new PeerRequest(
                new String(framed, 1, length, StandardCharsets.US_ASCII),
                Arrays.copyOfRange(framed, 1 + length, framed.length));
    }
}
