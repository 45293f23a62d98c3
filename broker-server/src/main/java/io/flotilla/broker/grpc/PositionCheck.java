package io.flotilla.broker.grpc;

import io.flotilla.error.FlotillaException;
import io.flotilla.metadata.Topic;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.Position;
import java.util.concurrent.CompletableFuture;

/** Whether a position may be committed: its partition exists, and its offset is not beyond the end. */
final class PositionCheck {
    private static final int MAX_METADATA_BYTES = 4096;

    private final Routing routing;
    private final OffsetLookup lookup;

    PositionCheck(Routing routing, OffsetLookup lookup) {
        this.routing = routing;
        this.lookup = lookup;
    }

    /** Fails with the API's error if it may not. */
    CompletableFuture<Void> check(PartitionOffset position) {
        try {
            if (position.getOffset() < 0) {
                throw Errors.invalid("offset is %d; must be 0 or more".formatted(position.getOffset()));
            }
            if (position.getMetadata().length() > MAX_METADATA_BYTES) {
                throw Errors.invalid("metadata of a position has %d characters; at most %d are allowed"
                        .formatted(position.getMetadata().length(), MAX_METADATA_BYTES));
            }
            Topic topic = routing.topic(position.getTopic());
            Position end =
                    Position.newBuilder().setAnchor(Position.Anchor.ANCHOR_END).build();
            return lookup.find(topic, routing.partition(topic, position.getPartition()), end, true)
                    .thenAccept(found -> {
                        if (position.getOffset() > found.getOffset()) {
                            throw Errors.outOfRange(position.getOffset(), 0, found.getOffset());
                        }
                    });
        } catch (FlotillaException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
