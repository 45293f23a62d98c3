package io.flotilla.broker.partition;

import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import java.util.function.LongConsumer;

/**
 * The first offset that is not known to be committed: everything below may be read. Only grows.
 *
 * <p>Owner: the apply side; any thread reads. Entries from before the replica was opened are applied again after a
 * restart. Their offsets are not looked up one by one: once the last of them is applied, all of them are committed, and
 * until then the position is looked up when somebody asks for it.
 */
final class HighWatermark {
    private final Log log;
    private final EntryEnds ends;
    private final LongConsumer onAdvance;
    private volatile long offset;
    private volatile long replayedIndex = -1; // applied, but its end offset not looked up
    private volatile LookedUp lookedUp = new LookedUp(-1, 0);

    private record LookedUp(long raftIndex, long offset) {}

    /** @param onAdvance told the new offset on the apply thread */
    HighWatermark(Log log, EntryEnds ends, LongConsumer onAdvance) {
        this.log = log;
        this.ends = ends;
        this.onAdvance = onAdvance;
        this.offset = log.logStart();
    }

    /** The entry at {@code raftIndex} is committed. */
    void applied(long raftIndex) {
        long end = ends.take(raftIndex);
        LogEnd last = log.end();
        if (end != EntryEnds.UNKNOWN) {
            advance(end);
        } else if (raftIndex == last.raftIndex()) {
            advance(last.offset());
        } else {
            replayedIndex = raftIndex;
        }
    }

    private void advance(long end) {
        if (end > offset) {
            log.protectBelow(end);
            offset = end;
            onAdvance.accept(end);
        }
    }

    long offset() throws LogException {
        long replayed = replayedIndex;
        LookedUp known = lookedUp;
        if (replayed > known.raftIndex()) {
            known = new LookedUp(replayed, log.endOffsetOf(replayed));
            log.protectBelow(known.offset());
            lookedUp = known;
        }
        return Math.max(offset, known.offset());
    }
}
