package io.flotilla.cli.data;

import io.flotilla.cli.output.Value;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchInfo;
import io.flotilla.record.BatchScanner;
import io.flotilla.record.FrameHeader;
import java.time.Instant;

/** What the log knows of a batch, for programs. */
public final class BatchValue {
    private BatchValue() {}

    public static Value.Fields of(BatchFrame frame) {
        FrameHeader header = frame.header();
        BatchInfo info = BatchScanner.header(frame.bytes(), frame.bodyPosition(), frame.bodyBytes());
        return Value.Fields.with("baseOffset", header.baseOffset())
                .and("nextOffset", header.nextOffset())
                .and("raftIndex", header.raftIndex())
                .and("leaderEpoch", header.leaderEpoch())
                .and("appendTime", Instant.ofEpochMilli(header.appendTimeMs()).toString())
                .and(
                        "maxTimestamp",
                        Instant.ofEpochMilli(header.maxTimestampMs()).toString())
                .and("sizeBytes", frame.size())
                .and("compression", info.compression().name())
                .build();
    }
}
