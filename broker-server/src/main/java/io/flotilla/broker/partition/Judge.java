package io.flotilla.broker.partition;

import io.flotilla.broker.producer.Verdict;
import io.flotilla.raft.RaftGroup;
import java.util.Optional;

/** Judges the batches of one entry, in their order. Looks at the leadership once, and only if a batch has conditions. */
final class Judge {
    private final AppendGate gate;
    private final long nowMs;
    private Optional<AppendGate.Admission> admission = Optional.empty();
    private int freshRecords;

    /** @param nowMs append time of the entry */
    Judge(AppendGate gate, long nowMs) {
        this.gate = gate;
        this.nowMs = nowMs;
    }

    /** One that is fresh is part of the entry. Empty if this replica does not lead, and the batch has conditions. */
    Optional<Verdict> verdict(NewBatch batch) {
        NewBatch.Conditions conditions = batch.conditions();
        if (admission.isEmpty() && !conditions.isNone()) {
            admission = gate.admit(nowMs, freshRecords);
        }
        Optional<Verdict> verdict = admission.isEmpty() && conditions.isNone()
                ? Optional.of(Verdict.FRESH)
                : admission.map(a -> a.check()
                        .judge(
                                conditions.producer(),
                                conditions.requestId(),
                                conditions.expectedOffset(),
                                batch.recordCount()));
        if (verdict.filter(Verdict.Fresh.class::isInstance).isPresent()) {
            freshRecords += batch.recordCount();
        }
        return verdict;
    }

    /** In which the entry may be appended. */
    long term() {
        return admission.map(AppendGate.Admission::term).orElse(RaftGroup.ANY_TERM);
    }
}
