package io.flotilla.broker.partition;

import io.flotilla.broker.producer.WrittenBatch;
import java.util.Optional;

/** Of a replica that does not lead: nothing with conditions gets through. */
final class NoGate implements AppendGate {
    @Override
    public Optional<Admission> admit(long nowMs, int recordsBefore) {
        return Optional.empty();
    }

    @Override
    public boolean isCommitted(WrittenBatch batch) {
        return false;
    }
}
