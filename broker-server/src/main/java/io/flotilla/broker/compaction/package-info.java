/** Compaction: which log is next, how fast, and what a batch's records are. */
@NullMarked
package io.flotilla.broker.compaction;

import org.jspecify.annotations.NullMarked;
