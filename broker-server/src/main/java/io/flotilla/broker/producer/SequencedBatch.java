package io.flotilla.broker.producer;

/**
 * A batch of a producer that is in the log.
 *
 * @param baseSequence of its first record
 */
record SequencedBatch(int epoch, int baseSequence, WrittenBatch written) {
    int nextSequence() {
        return Sequence.after(baseSequence, written.records());
    }
}
