package io.flotilla.broker.producer;

/** Whether a batch may be written after everything that is in the log. */
public sealed interface Verdict {
    /** It may. */
    record Fresh() implements Verdict {}

    /** It is in the log already. */
    record Duplicate(WrittenBatch written) implements Verdict {}

    /**
     * It must not be written, and never may be as it is.
     *
     * @param nextOffset with {@link Reason#OFFSET_CONFLICT}: the offset it would get
     */
    record Refused(Reason reason, String message, long nextOffset) implements Verdict {
        /** An offset that plays no role. */
        public static final long NO_OFFSET = -1;

        Refused(Reason reason, String message) {
            this(reason, message, NO_OFFSET);
        }
    }

    /** To be judged again once the batches before it, which are about to be written, are in the log. */
    record Later() implements Verdict {}

    /** Why a batch must not be written. */
    enum Reason {
        /** One before it was never written. */
        GAP,
        /** It is older than what is remembered of its producer; it may have been written. */
        TOO_OLD,
        /** Its epoch is over. */
        FENCED,
        /** Nothing is known of its producer, and it is not the first batch. */
        UNKNOWN_PRODUCER,
        /** It would not get the offset that its sender expects. */
        OFFSET_CONFLICT
    }

    Verdict FRESH = new Fresh();
    Verdict LATER = new Later();
}
