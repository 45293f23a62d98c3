package io.flotilla.broker.partition;

import java.nio.ByteBuffer;
import java.util.OptionalLong;

/**
 * What a partition's Raft log holds of an entry, big endian. The frames themselves are its payload.
 *
 * <pre>
 *   at  width  field
 *    0      1  version        1
 *    1      1  kind           0 records
 *    2      4  recordCount    of all frames
 *    6      4  payloadBytes
 *
 *    1      1  kind           1 trim; has no payload
 *    2      8  offset         the log starts there, unless it starts later already
 * </pre>
 */
final class EntryHeader {
    private static final byte VERSION = 1;
    private static final byte RECORDS = 0;
    private static final byte TRIM = 1;
    private static final int FIELDS = 2;
    private static final int BYTES = 10;

    private EntryHeader() {}

    static byte[] records(int recordCount, int payloadBytes) {
        return ByteBuffer.allocate(BYTES)
                .put(VERSION)
                .put(RECORDS)
                .putInt(recordCount)
                .putInt(payloadBytes)
                .array();
    }

    /** That the log starts at {@code offset}, on every replica. */
    static byte[] trim(long offset) {
        return ByteBuffer.allocate(BYTES).put(VERSION).put(TRIM).putLong(offset).array();
    }

    /** The offset of a trim; empty for records. The entry must be known. */
    static OptionalLong trimOffset(byte[] header) {
        return header[1] == TRIM ? OptionalLong.of(ByteBuffer.wrap(header).getLong(FIELDS)) : OptionalLong.empty();
    }

    /** Throws for an entry of a kind this release does not know: applying on without it would diverge. */
    static void requireKnown(byte[] header) {
        if (header.length != BYTES || header[0] != VERSION || (header[1] != RECORDS && header[1] != TRIM)) {
            throw new IllegalStateException(
                    "an entry of version %d and kind %d is in the log; this release does not know it"
                            .formatted(header.length > 0 ? header[0] : -1, header.length > 1 ? header[1] : -1));
        }
    }
}
