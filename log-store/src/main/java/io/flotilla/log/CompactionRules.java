package io.flotilla.log;

/**
 * What one compaction of a log may do.
 *
 * @param endOffset only sealed segments that end there or before are looked at
 * @param lastRaftIndex only those whose frames belong to raft indexes up to this: other replicas get entries behind it as
 *     they were appended
 * @param nowMs milliseconds since 1970, not ahead of the true time
 * @param deleteRetentionMs how long the newest record of a key stays, if it is a deletion, after older ones of the key went
 * @param mapBytes memory for the keys of what was not compacted yet; if they are too many, a part is compacted
 * @param segmentBytes a segment that is left with less than half of it is joined by the next one
 */
public record CompactionRules(
        long endOffset, long lastRaftIndex, long nowMs, long deleteRetentionMs, int mapBytes, int segmentBytes) {}
