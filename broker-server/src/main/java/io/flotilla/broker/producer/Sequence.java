package io.flotilla.broker.producer;

/** Arithmetic of sequence numbers: 0 to 2^31 - 1, then 0 again (Kafka, KIP-98). */
final class Sequence {
    private Sequence() {}

    /** The sequence {@code records} after {@code from}; both 0 or more. */
    static int after(int from, int records) {
        return (from + records) & Integer.MAX_VALUE;
    }
}
