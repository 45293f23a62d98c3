/**
 * {@link io.flotilla.raft.RaftNode} over Apache Ratis. The only package that knows Ratis: its settings, its traps, and
 * the few lines of it that are patched when it is loaded ({@link io.flotilla.raft.ratis.RatisPatches}).
 */
@NullMarked
package io.flotilla.raft.ratis;

import org.jspecify.annotations.NullMarked;
