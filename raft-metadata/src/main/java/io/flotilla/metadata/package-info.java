/**
 * What the cluster agrees on beside records: its brokers, topics, replicas and settings. The state is a {@link
 * io.flotilla.metadata.MetadataImage}, which never changes; a {@link io.flotilla.metadata.MetadataCommand} makes the next
 * image out of one, in the same way on every node. The leader decides (ids, times, placement) before it proposes, so
 * that nothing here reads a clock, a file or a random number. Values only: this package owns no mutable state.
 */
@NullMarked
package io.flotilla.metadata;

import org.jspecify.annotations.NullMarked;
