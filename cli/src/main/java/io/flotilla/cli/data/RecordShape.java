package io.flotilla.cli.data;

import com.google.protobuf.ByteString;
import io.flotilla.record.NewRecord;
import io.flotilla.record.RecordHeader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a line becomes a record.
 *
 * @param delimiter ends the key at its first occurrence in a line; a line without it has no key; null = lines have none
 * @param key of all records that find none in their line; null = none
 */
record RecordShape(@Nullable ByteString delimiter, @Nullable ByteString key, List<RecordHeader> headers) {
    RecordShape {
        headers = List.copyOf(headers);
    }

    NewRecord of(ByteString line) {
        int split = delimiter == null ? -1 : indexOf(line, delimiter);
        return split < 0 || delimiter == null
                ? new NewRecord(key, line, headers, NewRecord.NO_TIMESTAMP)
                : new NewRecord(
                        line.substring(0, split),
                        line.substring(split + delimiter.size()),
                        headers,
                        NewRecord.NO_TIMESTAMP);
    }

    private static int indexOf(ByteString line, ByteString wanted) {
        for (int i = 0; i <= line.size() - wanted.size(); i++) {
            if (line.substring(i, i + wanted.size()).equals(wanted)) {
                return i;
            }
        }
        return -1;
    }
}
