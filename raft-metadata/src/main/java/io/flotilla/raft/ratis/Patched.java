package io.flotilla.raft.ratis;

/** Marks a class of Ratis that {@link RatisPatches} has changed. Public because those classes are in other packages. */
public interface Patched {}
