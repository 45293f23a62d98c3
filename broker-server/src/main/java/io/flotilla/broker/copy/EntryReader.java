package io.flotilla.broker.copy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.v1.CopyEntriesResponse;
import io.flotilla.broker.v1.CopyEntriesResponse.Entry;
import io.flotilla.log.BatchHeader;
import io.flotilla.log.LogException;
import io.flotilla.log.LogSlice;
import java.io.IOException;

/** Reads whole entries of a log, one after another. */
final class EntryReader {
    private final Partition replica;

    EntryReader(Partition replica) {
        this.replica = replica;
    }

    /**
     * The entries from {@code from} on that lie before {@code end}, both at the end of an entry: about {@code maxBytes} of
     * them, at least one unless there is none.
     */
    CopyEntriesResponse.Builder read(long from, long end, int maxBytes) throws IOException, LogException {
        LogSlice slice = replica.readKept(from, end, maxBytes);
        byte[] bytes = slice.bytes();
        CopyEntriesResponse.Builder entries = CopyEntriesResponse.newBuilder();
        for (int at = 0; at < bytes.length; ) {
            BatchHeader first = BatchHeader.read(bytes, at);
            int to = at + first.frameBytes();
            while (to < bytes.length && BatchHeader.read(bytes, to).raftIndex() == first.raftIndex()) {
                to += BatchHeader.read(bytes, to).frameBytes();
            }
            boolean isWhole = to < bytes.length || slice.nextOffset() == end;
            if (isWhole) {
                entries.addEntries(entry(first, UnsafeByteOperations.unsafeWrap(bytes, at, to - at)));
            } else if (entries.getEntriesCount() == 0) {
                byte[] whole = replica.readEntry(first.raftIndex());
                entries.addEntries(entry(first, UnsafeByteOperations.unsafeWrap(whole)));
            }
            at = to;
        }
        return entries;
    }

    private static Entry entry(BatchHeader first, ByteString frames) {
        return Entry.newBuilder()
                .setRaftIndex(first.raftIndex())
                .setTerm(first.term())
                .setFrames(frames)
                .build();
    }
}
