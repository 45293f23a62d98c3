package io.flotilla.broker.grpc;

import org.jspecify.annotations.Nullable;

/** Where the batches of one partition come from: the leader's own log, or the leader's broker. Used by one call. */
interface BatchSource {
    /**
     * What is committed from the frame that holds {@code offset} on. An empty chunk if that is nothing, null if it is not
     * known yet; {@code wake} is then run once when it is worth asking again.
     *
     * @throws io.flotilla.error.FlotillaException if there is nothing at {@code offset}, or this is no longer the place
     */
    @Nullable
    Chunk poll(long offset, int maxBytes, Runnable wake);

    /** Nobody will ask again. */
    default void close() {}
}
