package io.flotilla.record;

import java.util.zip.CRC32C;

/** CRC-32C as stored: the 32 bits of the checksum in an int. */
final class Checksum {
    private Checksum() {}

    static int of(byte[] bytes, int position, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, position, length);
        return (int) crc.getValue();
    }

    /** Of two ranges, one after the other. */
    static int of(byte[] bytes, int position1, int length1, int position2, int length2) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, position1, length1);
        crc.update(bytes, position2, length2);
        return (int) crc.getValue();
    }
}
