package io.flotilla.log;

import java.io.IOException;
import java.util.function.Predicate;

/** Some of the boundaries of one segment, in order, the segment's start always among them. Used by any thread. */
interface SegmentIndex {
    /**
     * The last row for which {@code before} holds; the first row if it holds for none.
     *
     * @param before holds for the rows up to some place and for none behind it
     */
    Boundary last(Predicate<Boundary> before) throws IOException, BadFrameException;

    /** A copy, in memory, of the rows before {@code position}, and of the first one in any case. */
    IndexRows before(int position) throws IOException;

    /**
     * Looks at the segment itself after rows led to something that is no frame.
     *
     * @return whether the rows are different now, so that the caller should look again
     */
    boolean distrust() throws IOException, BadFrameException;
}
