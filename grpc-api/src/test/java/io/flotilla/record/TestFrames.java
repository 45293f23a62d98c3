package io.flotilla.record;

import io.flotilla.v1.Compression;
import io.flotilla.v1.TimestampType;

/** Frames for tests that do not care what is in them. */
public final class TestFrames {
    private TestFrames() {}

    /** A plain batch with one record per value, at {@code baseOffset}. */
    public static BatchFrame frame(long baseOffset, String... values) {
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_NONE, 256);
        for (String value : values) {
            builder.add(NewRecord.of("key", value).withTimestamp(1_700_000_000_000L));
        }
        byte[] body = builder.build();
        return around(baseOffset, values.length, body, 0, body.length);
    }

    /** A frame as a leader would write it around {@code body[from, from + length)}. */
    public static BatchFrame around(long baseOffset, int records, byte[] body, int from, int length) {
        BatchInfo info = BatchScanner.header(body, from, length);
        FrameHeader header = new FrameHeader(
                baseOffset,
                baseOffset + records,
                baseOffset + 1,
                1,
                1_700_000_000_500L,
                info.maxTimestampMs(),
                TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        return BatchFrame.of(header, body, from, length);
    }
}
