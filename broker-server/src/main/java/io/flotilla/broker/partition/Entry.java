package io.flotilla.broker.partition;

import io.flotilla.broker.producer.WrittenBatch;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Batches joined for one Raft entry, and the frames they became. Owner: {@link AppendQueue}. */
final class Entry {
    private final List<Waiting> joined;
    private final List<Repeat> repeats = new ArrayList<>();
    private final byte[] frames;
    private final byte[] header;
    private final long term;

    /** A batch on its way. */
    record Waiting(NewBatch batch, CompletableFuture<AppendOutcome> outcome) {}

    private record Repeat(WrittenBatch written, CompletableFuture<AppendOutcome> outcome) {}

    /**
     * An entry of one batch or more.
     *
     * @param bytes of the frames
     * @param term in which it may be appended; {@link io.flotilla.raft.RaftGroup#ANY_TERM} = whenever
     */
    Entry(List<Waiting> joined, int bytes, long appendTimeMs, long term) {
        this.joined = joined;
        this.frames = new byte[bytes];
        this.term = term;
        int at = 0;
        int records = 0;
        for (Waiting next : joined) {
            NewBatch batch = next.batch();
            FrameHeader frame = batch.header(appendTimeMs);
            records += batch.recordCount();
            at += BatchFrame.write(frame, batch.bytes(), batch.position(), batch.length(), frames, at);
        }
        this.header = EntryHeader.records(records, bytes);
    }

    byte[] header() {
        return header;
    }

    byte[] payload() {
        return frames;
    }

    long term() {
        return term;
    }

    /** Answers the repeat of a batch that was written before this entry, once that is known to stay. */
    void answerToo(WrittenBatch written, CompletableFuture<AppendOutcome> outcome) {
        repeats.add(new Repeat(written, outcome));
    }

    /** The log has filled in offsets and term where the frames lie. */
    void completeAppended() {
        int at = 0;
        for (Waiting next : joined) {
            BatchFrame frame = BatchFrame.read(frames, at, frames.length);
            at += frame.size();
            next.outcome().complete(new AppendOutcome.Appended(WrittenBatch.of(frame), false));
        }
        repeats.forEach(repeat -> repeat.outcome().complete(new AppendOutcome.Appended(repeat.written(), true)));
    }

    void completeFailed(AppendOutcome failure) {
        joined.forEach(next -> next.outcome().complete(failure));
        AppendOutcome open = new AppendOutcome.Unknown("it was written before, and whether that stays is open");
        repeats.forEach(repeat -> repeat.outcome().complete(open));
    }
}
