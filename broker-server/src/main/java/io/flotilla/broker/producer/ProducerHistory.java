package io.flotilla.broker.producer;

import io.flotilla.record.ProducerSequence;
import java.util.ArrayList;
import java.util.List;

/**
 * The latest batches of one producer in one partition, in the order of the log: the last {@link #REMEMBERED} that are
 * committed, and all that are not. So a truncation, which takes only the latter, leaves what the producer may still ask
 * for. Never empty while in use. Owner: {@link ProducerTable}.
 */
final class ProducerHistory {
    /** Committed batches remembered of each producer; a producer that has no more than this in flight may repeat any. */
    static final int REMEMBERED = 64;

    private final List<SequencedBatch> batches = new ArrayList<>();

    void written(SequencedBatch batch, long committedOffset) {
        batches.add(batch);
        while (batches.size() > REMEMBERED && batches.get(REMEMBERED).written().nextOffset() <= committedOffset) {
            batches.remove(0);
        }
    }

    /** Forgets what lies at {@code endOffset} or above. False if nothing is left. */
    boolean truncatedTo(long endOffset) {
        batches.removeIf(batch -> batch.written().nextOffset() > endOffset);
        return !batches.isEmpty();
    }

    /** The last batches below {@code endOffset}. */
    List<SequencedBatch> committed(long endOffset) {
        List<SequencedBatch> below = batches.stream()
                .filter(batch -> batch.written().nextOffset() <= endOffset)
                .toList();
        return below.subList(Math.max(0, below.size() - REMEMBERED), below.size());
    }

    long lastAppendMs() {
        return last().written().appendTimeMs();
    }

    private SequencedBatch last() {
        return batches.get(batches.size() - 1);
    }

    /** The verdict on a batch of {@code records} records. */
    Verdict judge(ProducerSequence stamp, int records) {
        SequencedBatch last = last();
        if (stamp.producerEpoch() < last.epoch()) {
            return new Verdict.Refused(
                    Verdict.Reason.FENCED,
                    "epoch %d of producer %d is over, the present one is %d"
                            .formatted(stamp.producerEpoch(), stamp.producerId(), last.epoch()));
        }
        if (stamp.producerEpoch() > last.epoch()) {
            return stamp.baseSequence() == 0
                    ? Verdict.FRESH
                    : gap(stamp, "the first batch of epoch %d must have sequence 0".formatted(stamp.producerEpoch()));
        }
        if (stamp.baseSequence() == last.nextSequence()) {
            return Verdict.FRESH;
        }
        for (SequencedBatch batch : batches) {
            if (batch.epoch() == stamp.producerEpoch() && batch.baseSequence() == stamp.baseSequence()) {
                return batch.written().records() == records
                        ? new Verdict.Duplicate(batch.written())
                        : gap(
                                stamp,
                                "it was written with %d records before"
                                        .formatted(batch.written().records()));
            }
        }
        return isBefore(stamp.baseSequence(), last.nextSequence())
                ? new Verdict.Refused(
                        Verdict.Reason.TOO_OLD,
                        "sequence %d of producer %d is older than the %d batches that are remembered"
                                .formatted(stamp.baseSequence(), stamp.producerId(), batches.size()))
                : gap(stamp, "the next is %d".formatted(last.nextSequence()));
    }

    private static Verdict gap(ProducerSequence stamp, String why) {
        return new Verdict.Refused(
                Verdict.Reason.GAP,
                "sequence %d of producer %d does not continue what is in the log: %s"
                        .formatted(stamp.baseSequence(), stamp.producerId(), why));
    }

    /** In the half of the circle behind {@code next}. */
    private static boolean isBefore(int sequence, int next) {
        return ((next - sequence) & Integer.MAX_VALUE) < 1 << 30;
    }
}
