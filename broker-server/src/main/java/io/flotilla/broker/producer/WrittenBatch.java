package io.flotilla.broker.producer;

import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;

/**
 * A batch that is in the log, and what its producer was, or will be, told.
 *
 * @param nextOffset offset after its last record
 * @param appendTimeMs the leader's clock when it was appended
 * @param leaderEpoch Raft term of its entry
 */
public record WrittenBatch(long baseOffset, long nextOffset, long appendTimeMs, int leaderEpoch) {
    /** What a frame of the log says; it has its offsets. */
    public static WrittenBatch of(BatchFrame frame) {
        FrameHeader header = frame.header();
        return new WrittenBatch(header.baseOffset(), header.nextOffset(), header.appendTimeMs(), header.leaderEpoch());
    }

    int records() {
        return Math.toIntExact(nextOffset - baseOffset);
    }
}
