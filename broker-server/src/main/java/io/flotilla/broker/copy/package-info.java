/**
 * How a replica that is too far behind for the Raft log catches up: it copies entries from the leader's log, while its group
 * is stopped on this node. {@link io.flotilla.broker.copy.CopySource} gives, {@link io.flotilla.broker.copy.ReplicaCopy}
 * takes.
 */
@NullMarked
package io.flotilla.broker.copy;

import org.jspecify.annotations.NullMarked;
