package io.flotilla.record;

import io.flotilla.v1.Compression;
import io.flotilla.v1.TimestampType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** One frame whose every byte is known; the same in every module that reads or writes frames. */
public final class SampleFrame {
    static final FrameHeader HEADER = new FrameHeader(
            1000, 1003, 77, 5, 1_700_000_000_123L, 1_700_000_000_100L, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);

    static final List<NewRecord> RECORDS = List.of(
            NewRecord.of("k1", "hello").withTimestamp(1_700_000_000_000L),
            NewRecord.of("k2", "flotilla").withTimestamp(1_700_000_000_100L),
            new NewRecord(null, null, List.of(RecordHeader.of("trace", "7f")), 1_699_999_999_999L));

    private SampleFrame() {}

    /** The frame as this module writes it. */
    static BatchFrame written() {
        byte[] body = body();
        return BatchFrame.of(HEADER, body, 0, body.length);
    }

    static byte[] body() {
        BatchBuilder builder = new BatchBuilder(Compression.COMPRESSION_NONE, 256);
        RECORDS.forEach(builder::add);
        return builder.build();
    }

    /** The frame as it was released. */
    static byte[] golden() throws IOException {
        return HexFormat.of()
                .parseHex(Files.readString(Path.of("src/test/resources/golden/frame.hex"))
                        .replaceAll("\\s", ""));
    }
}
