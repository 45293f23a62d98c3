package io.flotilla.broker.grpc;

import io.flotilla.broker.partition.Partition;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;
import io.flotilla.log.TimeAndOffset;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchFrames;
import io.flotilla.record.RecordCursor;
import io.flotilla.v1.ListOffsetsResponse.Found;
import io.flotilla.v1.OffsetReset;
import io.flotilla.v1.Position;
import java.util.Optional;

/** Turns positions such as "the end" or "since nine o'clock" into offsets, on the leader. */
final class Positions {
    private static final int READ_BYTES = 64 << 10;

    private Positions() {}

    /**
     * The offset to read from.
     *
     * @throws io.flotilla.error.FlotillaException OFFSET_OUT_OF_RANGE if there is nothing at an explicit offset and
     *     {@code reset} does not say what to do
     */
    static long resolve(Partition partition, Position position, OffsetReset reset) throws LogException {
        long start = partition.logStart();
        long end = partition.highWatermark();
        return switch (position.getAtCase()) {
            case OFFSET -> inRange(position.getOffset(), start, end, reset);
            case TIMESTAMP_MS -> atTime(partition, position.getTimestampMs()).getOffset();
            case ANCHOR, AT_NOT_SET -> position.getAnchor() == Position.Anchor.ANCHOR_START ? start : end;
            case TAIL_RECORDS -> Math.max(start, end - requirePositive(position.getTailRecords()));
        };
    }

    /** The offset, and the time of the record there if it is known without reading on. */
    static Found find(Partition partition, Position position) throws LogException {
        if (position.getAtCase() == Position.AtCase.TIMESTAMP_MS) {
            return atTime(partition, position.getTimestampMs());
        }
        long offset = resolve(partition, position, OffsetReset.OFFSET_RESET_ERROR);
        return found(partition, offset, timeAt(partition, offset));
    }

    private static long inRange(long offset, long start, long end, OffsetReset reset) {
        if (offset >= start && offset <= end) {
            return offset;
        }
        return switch (reset) {
            case OFFSET_RESET_START -> start;
            case OFFSET_RESET_END -> end;
            default -> throw Errors.outOfRange(offset, start, end);
        };
    }

    private static long requirePositive(long records) {
        if (records < 0) {
            throw Errors.invalid("tail_records is %d; must be 0 or more".formatted(records));
        }
        return records;
    }

    private static Found atTime(Partition partition, long timestampMs) throws LogException {
        Optional<TimeAndOffset> batch = partition.firstBatchAtOrAfter(timestampMs);
        if (batch.isEmpty()) {
            return found(partition, partition.highWatermark(), 0);
        }
        // A trim may end within a batch, and a compaction may have taken away just the record that is meant.
        long first = Math.max(batch.get().offset(), partition.logStart());
        for (LogSlice slice = partition.read(first, READ_BYTES);
                !slice.isEmpty();
                slice = partition.read(slice.nextOffset(), READ_BYTES)) {
            byte[] bytes = slice.bytes();
            for (BatchFrame frame : new BatchFrames(bytes, 0, bytes.length)) {
                RecordCursor records = RecordCursor.open(frame);
                while (records.next()) {
                    if (records.timestampMs() >= timestampMs && records.offset() >= first) {
                        return found(partition, records.offset(), records.timestampMs());
                    }
                }
            }
        }
        return found(partition, partition.highWatermark(), 0);
    }

    private static long timeAt(Partition partition, long offset) throws LogException {
        if (offset >= partition.highWatermark()) {
            return 0;
        }
        byte[] bytes = partition.read(offset, 1).bytes();
        for (BatchFrame frame : new BatchFrames(bytes, 0, bytes.length)) {
            RecordCursor records = RecordCursor.open(frame);
            while (records.next()) {
                if (records.offset() >= offset) {
                    return records.timestampMs();
                }
            }
        }
        return 0;
    }

    private static Found found(Partition partition, long offset, long timestampMs) {
        return Found.newBuilder()
                .setOffset(offset)
                .setTimestampMs(timestampMs)
                .setLeaderEpoch((int) partition.leadership().term())
                .build();
    }
}
