package io.flotilla.client;

import com.google.protobuf.ByteString;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.RecordCursor;
import io.flotilla.record.StoredRecord;
import io.flotilla.record.TestFrames;
import java.util.ArrayList;
import java.util.List;

/** One partition of a {@link FakeCluster}: frames in memory and a leader. Guarded by the cluster's lock. */
final class FakeLog {
    final TopicPartition partition;
    final List<BatchFrame> frames = new ArrayList<>();
    int leader;
    int epoch = 1;
    long logStart;
    long logEnd;

    final FakeProducers producers = new FakeProducers();

    FakeLog(TopicPartition partition, int leader) {
        this.partition = partition;
        this.leader = leader;
    }

    /** Appends a client's batch; returns its base offset. */
    long append(byte[] bytes, int position, int length, int records) {
        BatchFrame frame = TestFrames.around(logEnd, records, bytes, position, length);
        frames.add(frame);
        logEnd = frame.nextOffset();
        return frame.baseOffset();
    }

    List<StoredRecord> records() {
        List<StoredRecord> records = new ArrayList<>();
        for (BatchFrame frame : frames) {
            for (RecordCursor cursor = RecordCursor.open(frame); cursor.next(); ) {
                records.add(cursor.record());
            }
        }
        return records;
    }

    List<String> values() {
        return records().stream()
                .map(record -> record.value() == null ? "" : record.value().toStringUtf8())
                .toList();
    }

    /** Frames that end behind {@code offset}, up to about {@code maxBytes}, at least one if there is any. */
    List<BatchFrame> read(long offset, long until, int maxBytes) {
        List<BatchFrame> result = new ArrayList<>();
        int bytes = 0;
        for (BatchFrame frame : frames) {
            if (frame.nextOffset() > offset && frame.baseOffset() < until) {
                if (!result.isEmpty() && bytes + frame.size() > maxBytes) {
                    break;
                }
                result.add(frame);
                bytes += frame.size();
            }
        }
        return result;
    }

    static ByteString joined(List<BatchFrame> frames) {
        ByteString all = ByteString.EMPTY;
        for (BatchFrame frame : frames) {
            all = all.concat(ByteString.copyFrom(frame.bytes(), frame.position(), frame.size()));
        }
        return all;
    }
}
