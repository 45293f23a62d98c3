/**
 * Our narrow view of consensus: many Raft groups on one node, seen through {@link io.flotilla.raft.RaftNode},
 * {@link io.flotilla.raft.RaftGroup} and {@link io.flotilla.raft.GroupStateMachine}. Nothing here names the library
 * underneath; everything above can run over another implementation of these seams. Votes and Raft log files belong to
 * the library; positions and leadership are published as immutable values.
 */
@NullMarked
package io.flotilla.raft;

import org.jspecify.annotations.NullMarked;
