/**
 * One partition's log on disk: frames of batches, addressed by offset, raft index, term and timestamp. A frame counts as
 * durable when {@link io.flotilla.log.Log#flush} has returned; what was flushed is never lost or changed without being
 * noticed. Each {@link io.flotilla.log.Log} owns its directory and all state about it; the
 * {@link io.flotilla.log.TailCache} is shared. Knows offsets and headers, not what a batch contains; uses only
 * {@link io.flotilla.log.io.Disk}, SLF4J and Micrometer, and starts no thread.
 */
@NullMarked
package io.flotilla.log;

import org.jspecify.annotations.NullMarked;
