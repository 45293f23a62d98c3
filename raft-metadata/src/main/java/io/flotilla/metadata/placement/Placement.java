package io.flotilla.metadata.placement;

import io.flotilla.metadata.PartitionAssignment;
import java.util.List;

/** What the placer found. */
public sealed interface Placement {
    /**
     * Enough brokers were there.
     *
     * @param assignments by partition number, from 0
     */
    record Placed(List<PartitionAssignment> assignments) implements Placement {
        public Placed {
            assignments = List.copyOf(assignments);
        }
    }

    /**
     * The wish cannot be met.
     *
     * @param message names what is asked for, what there is, and the next step
     */
    record Refused(String message) implements Placement {}
}
