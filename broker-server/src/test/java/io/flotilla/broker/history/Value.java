package io.flotilla.broker.history;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What one record says: who sent it, and the how manieth of that producer it is, starting from 0.
 *
 * <p>As bytes it is a line of text: the value, a padding that depends on it and a checksum over both, so that bytes of
 * another record cannot pass for it.
 */
record Value(String producer, int sequence) {
    private static final int CRC_DIGITS = 8;

    /** @param size of the result, at least what the value itself needs */
    ByteString encode(int size) {
        StringBuilder text = new StringBuilder(size)
                .append(producer)
                .append(' ')
                .append(sequence)
                .append(' ');
        for (int i = 0; text.length() < size - CRC_DIGITS; i++) {
            text.append((char) ('a' + (sequence + i) % 26));
        }
        text.append("%08x".formatted(crc(text.toString())));
        return ByteString.copyFromUtf8(text.toString());
    }

    /** Empty if no producer made these bytes. */
    static Optional<Value> decode(ByteString bytes) {
        String text = bytes.toStringUtf8();
        int body = text.length() - CRC_DIGITS;
        if (body < 0 || !text.substring(body).equals("%08x".formatted(crc(text.substring(0, body))))) {
            return Optional.empty();
        }
        String[] words = text.split(" ", 3);
        return Optional.of(new Value(words[0], Integer.parseInt(words[1])));
    }

    private static int crc(String text) {
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return (int) crc.getValue();
    }
}
