/**
 * Where replicas of new partitions go: {@link io.flotilla.metadata.placement.ReplicaPlacer} is a function of an image
 * and a seed, and its outcome becomes part of a command. Values only; changes nothing.
 */
@NullMarked
package io.flotilla.metadata.placement;

import org.jspecify.annotations.NullMarked;
