package io.flotilla.broker.compaction;

import com.google.protobuf.ByteString;
import io.flotilla.log.BatchContents;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.BatchThinner;
import io.flotilla.record.RecordCursor;
import io.flotilla.wire.FormatException;
import java.util.BitSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of stored batches, as a compaction sees them. A record without value deletes its key. */
final class RecordContents implements BatchContents {
    private static final Logger log = LoggerFactory.getLogger(RecordContents.class);

    @Override
    public boolean visit(byte[] frame, RecordVisitor visitor) {
        BatchFrame batch = BatchFrame.read(frame, 0, frame.length);
        try {
            for (RecordCursor cursor = RecordCursor.open(batch); cursor.next(); ) {
                ByteString key = cursor.key();
                visitor.record(cursor.offset(), key == null ? null : key.asReadOnlyByteBuffer(), !cursor.hasValue());
            }
            return true;
        } catch (FormatException e) {
            log.warn("a batch stays as it is, its records cannot be read offset={}", batch.baseOffset(), e);
            return false;
        }
    }

    @Override
    public byte[] keeping(byte[] frame, BitSet kept) {
        return BatchThinner.keep(BatchFrame.read(frame, 0, frame.length), kept);
    }

    @Override
    public byte[] none() {
        return BatchThinner.none();
    }
}
