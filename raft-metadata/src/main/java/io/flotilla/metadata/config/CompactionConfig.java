package io.flotilla.metadata.config;

/**
 * When and how the logs of a topic are compacted, if they are.
 *
 * @param minDirtyRatio 0 to 1: share of a log's bytes that were not compacted yet, before it is
 * @param minLagMs records stay at least so long, however many later ones have their key
 * @param maxLagMs a log is compacted when something in it is older and was not yet, whatever the ratio
 * @param deleteRetentionMs how long deletions stay when nothing else of their key is left
 */
public record CompactionConfig(double minDirtyRatio, long minLagMs, long maxLagMs, long deleteRetentionMs) {}
