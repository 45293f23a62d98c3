package io.flotilla.log;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Looks into batches, whose bodies are only bytes to a log, for a compaction. Used by any thread. */
public interface BatchContents {
    /** Takes one record after another. */
    @FunctionalInterface
    interface RecordVisitor {
        /**
         * Called for the next record.
         *
         * @param key null if it has none; valid during the call
         * @param deletion whether the record says that there is nothing under its key any more
         */
        void record(long offset, @Nullable ByteBuffer key, boolean deletion);
    }

    /**
     * Calls {@code visitor} for each record in the order of offsets.
     *
     * @param frame one whole frame, whose checksums were verified
     * @return false if the batch is in a form that cannot be looked into; nothing was visited, or not all
     */
    boolean visit(byte[] frame, RecordVisitor visitor);

    /**
     * The frame's body with fewer records; under the same header those that stay keep their offsets.
     *
     * @param kept by number of the record, in the order in which {@link #visit} calls; at least one, and not all
     */
    byte[] keeping(byte[] frame, BitSet kept);

    /** A body without records. */
    byte[] none();
}
