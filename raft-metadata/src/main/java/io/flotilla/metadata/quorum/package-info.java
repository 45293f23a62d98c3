/**
 * The metadata Raft group: proposes commands, applies what is agreed, publishes the image. The image is owned by the
 * group's apply thread; everybody else holds and reads immutable images.
 */
@NullMarked
package io.flotilla.metadata.quorum;

import org.jspecify.annotations.NullMarked;
