package io.flotilla.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Builds frames byte by byte, from the table in the documentation and not with the code under test. */
public final class TestFrames {
    private static final int HEADER_BYTES = 72;

    private TestFrames() {}

    /** A frame as a leader gets it from a client's batch. */
    public static byte[] unassigned(int records, byte[] body, long appendTimeMs, long maxTimestampMs) {
        return frame(-1, records, -1, -1, body, appendTimeMs, maxTimestampMs);
    }

    /** A frame as a follower gets it from the leader. */
    public static byte[] frame(
            long baseOffset,
            int records,
            long raftIndex,
            int term,
            byte[] body,
            long appendTimeMs,
            long maxTimestampMs) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + body.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.put((byte) 0x7A).put(paddedVarint(67 + body.length));
        frame.put((byte) 0x0D).putInt(0);
        frame.put((byte) 0x11).putLong(baseOffset);
        frame.put((byte) 0x19).putLong(baseOffset + records);
        frame.put((byte) 0x21).putLong(raftIndex);
        frame.put((byte) 0x2D).putInt(term);
        frame.put((byte) 0x31).putLong(appendTimeMs);
        frame.put((byte) 0x39).putLong(maxTimestampMs);
        frame.put((byte) 0x45).putInt(crc(body));
        frame.put((byte) 0x48).put((byte) 0);
        frame.put((byte) 0x7A).put(paddedVarint(body.length));
        frame.put(body);
        byte[] bytes = frame.array();
        seal(bytes);
        return bytes;
    }

    /** Puts the right checksum into a header. */
    public static void seal(byte[] frame) {
        CRC32C crc = new CRC32C();
        crc.update(frame, 0, 5);
        crc.update(frame, 10, 62);
        ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(6, (int) crc.getValue());
    }

    public static byte[] joined(byte[]... parts) {
        int size = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer all = ByteBuffer.allocate(size);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private static byte[] paddedVarint(int value) {
        return new byte[] {
            (byte) (value | 0x80), (byte) (value >> 7 | 0x80), (byte) (value >> 14 | 0x80), (byte) (value >> 21 & 0x7f)
        };
    }
}
