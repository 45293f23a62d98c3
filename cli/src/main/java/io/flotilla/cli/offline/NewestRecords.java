package io.flotilla.cli.offline;

import com.google.protobuf.ByteString;
import io.flotilla.log.BatchHeader;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.record.RecordCursor;
import io.flotilla.v1.TimestampType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a reader of a range of offsets ends up with under each key: where the newest record is, and what it says. Keys that are
 * deleted are left out, as it is up to each replica how long a deletion stays. This is what replicas of a compacted partition
 * have in common. Takes memory for all keys.
 */
final class NewestRecords {
    private final long from;
    private final long to;
    private final Map<ByteString, Newest> byKey = new HashMap<>();

    private record Newest(long offset, int valueHash) {}

    private NewestRecords(long from, long to) {
        this.from = from;
        this.to = to;
    }

    static NewestRecords of(CheckedLog log, long from, long to) {
        NewestRecords newest = new NewestRecords(from, to);
        try {
            var unused = log.log()
                    .open()
                    .visit(0, Long.MAX_VALUE, (file, position, header, body) -> newest.take(header, body));
            return newest;
        } catch (IOException e) {
            throw ReplicaLog.unreadable(log.log().directory(), e);
        }
    }

    private void take(BatchHeader header, ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        FrameHeader place = new FrameHeader(
                header.baseOffset(),
                header.nextOffset(),
                header.raftIndex(),
                header.term(),
                header.appendTimeMs(),
                header.maxTimestampMs(),
                TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        for (RecordCursor record = RecordCursor.open(BatchFrame.of(place, bytes, 0, bytes.length)); record.next(); ) {
            take(record.offset(), record.key(), record.value());
        }
    }

    private void take(long offset, @Nullable ByteString key, @Nullable ByteString value) {
        if (key == null || offset < from || offset >= to) {
            return;
        }
        ByteString own = ByteString.copyFrom(key.asReadOnlyByteBuffer()); // a view would keep its batch alive
        if (value == null) {
            byKey.remove(own);
        } else {
            byKey.put(own, new Newest(offset, value.hashCode()));
        }
    }

    /** The lowest offset of a record that only one of the two has; -1 if there is none. */
    long firstDifference(NewestRecords other) {
        long first = Math.min(onlyHere(other), other.onlyHere(this));
        return first == Long.MAX_VALUE ? -1 : first;
    }

    private long onlyHere(NewestRecords other) {
        return byKey.entrySet().stream()
                .filter(mine -> !mine.getValue().equals(other.byKey.get(mine.getKey())))
                .mapToLong(mine -> mine.getValue().offset())
                .min()
                .orElse(Long.MAX_VALUE);
    }
}
