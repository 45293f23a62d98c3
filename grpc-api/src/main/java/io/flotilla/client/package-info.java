/**
 * The Java client: finding brokers, administration, pipelined writing and continuous reading. One {@link
 * io.flotilla.client.FlotillaClient} per process and cluster. What belongs to connections (streams, what is in flight,
 * positions) is owned by the client's one loop thread; callers' threads meet it at byte-bounded queues. User code never
 * runs on the loop.
 */
@NullMarked
package io.flotilla.client;

import org.jspecify.annotations.NullMarked;
