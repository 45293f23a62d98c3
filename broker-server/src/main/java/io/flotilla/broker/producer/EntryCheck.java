package io.flotilla.broker.producer;

import io.flotilla.record.ProducerSequence;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Judges the batches of one entry, one after another, as they would follow the log's end. One use, by one thread, while
 * nothing else is appended.
 */
public final class EntryCheck {
    private final ProducerTable table;
    private final long nowMs;
    private final Map<Long, NextBatch> joinedProducers = new HashMap<>();
    private final Set<UUID> joinedRequests = new HashSet<>();
    private long nextOffset;

    private record NextBatch(int epoch, int sequence) {}

    /**
     * The check of an entry that is appended next.
     *
     * @param logEnd offset that its first record gets
     * @param nowMs the append time it gets
     */
    public EntryCheck(ProducerTable table, long logEnd, long nowMs) {
        this.table = table;
        this.nextOffset = logEnd;
        this.nowMs = nowMs;
    }

    /**
     * The verdict on the next batch. One that is {@link Verdict.Fresh} counts as part of the entry from here on.
     *
     * @param expectedOffset it must get
     */
    public Verdict judge(
            @Nullable ProducerSequence stamp, @Nullable UUID requestId, OptionalLong expectedOffset, int records) {
        if (requestId != null && joinedRequests.contains(requestId)) {
            return Verdict.LATER;
        }
        NextBatch joined = stamp == null ? null : joinedProducers.get(stamp.producerId());
        if (stamp != null && joined != null) {
            if (stamp.producerEpoch() != joined.epoch() || stamp.baseSequence() != joined.sequence()) {
                return Verdict.LATER;
            }
        } else {
            Verdict verdict = table.judge(stamp, requestId, records, nowMs);
            if (!(verdict instanceof Verdict.Fresh)) {
                return verdict;
            }
        }
        if (expectedOffset.isPresent() && expectedOffset.getAsLong() != nextOffset) {
            return new Verdict.Refused(
                    Verdict.Reason.OFFSET_CONFLICT,
                    "the batch was to get offset %d, the next is %d".formatted(expectedOffset.getAsLong(), nextOffset),
                    nextOffset);
        }
        join(stamp, requestId, records);
        return Verdict.FRESH;
    }

    private void join(@Nullable ProducerSequence stamp, @Nullable UUID requestId, int records) {
        nextOffset += records;
        if (stamp != null) {
            joinedProducers.put(
                    stamp.producerId(),
                    new NextBatch(stamp.producerEpoch(), Sequence.after(stamp.baseSequence(), records)));
        }
        if (requestId != null) {
            joinedRequests.add(requestId);
        }
    }
}
