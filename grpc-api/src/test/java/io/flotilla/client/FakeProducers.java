package io.flotilla.client;

import io.flotilla.error.FlotillaException;
import io.flotilla.record.ProducerSequence;
import io.flotilla.v1.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What a broker remembers of the producers of one partition, without any limit. */
final class FakeProducers {
    private final Map<Long, List<Written>> batches = new HashMap<>();

    private record Written(ProducerSequence stamp, int records, long baseOffset) {
        int next() {
            return stamp.baseSequence() + records;
        }
    }

    /** The offset of a batch that was written before; refuses one that must not be written. */
    OptionalLong duplicateOf(@Nullable ProducerSequence stamp) {
        if (stamp == null) {
            return OptionalLong.empty();
        }
        List<Written> written = batches.getOrDefault(stamp.producerId(), List.of());
        for (Written batch : written) {
            if (batch.stamp().equals(stamp)) {
                return OptionalLong.of(batch.baseOffset());
            }
        }
        Written last = written.isEmpty() ? null : written.get(written.size() - 1);
        if (last == null && stamp.baseSequence() != 0) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_UNKNOWN_PRODUCER, "who is that?");
        }
        int next = last == null || stamp.producerEpoch() > last.stamp().producerEpoch() ? 0 : last.next();
        if (last != null && stamp.producerEpoch() < last.stamp().producerEpoch()) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_PRODUCER_FENCED, "its time is over");
        }
        if (stamp.baseSequence() != next) {
            throw FlotillaException.of(ErrorCode.ERROR_CODE_OUT_OF_ORDER_SEQUENCE, "%s, not %d".formatted(stamp, next));
        }
        return OptionalLong.empty();
    }

    void written(@Nullable ProducerSequence stamp, int records, long baseOffset) {
        if (stamp != null) {
            batches.computeIfAbsent(stamp.producerId(), id -> new ArrayList<>())
                    .add(new Written(stamp, records, baseOffset));
        }
    }

    /** Forgets everybody, as after a week. */
    void forget() {
        batches.clear();
    }
}
