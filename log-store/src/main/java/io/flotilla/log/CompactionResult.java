package io.flotilla.log;

/**
 * What a compaction did.
 *
 * @param cleanEnd below it no record has a key that occurs again below it; offset
 * @param bytesBefore of the segments that were replaced
 * @param bytesAfter of those in their place
 * @param records that are gone
 * @param unreadableBatches whose records could not be looked at; they stay
 */
public record CompactionResult(
        long cleanEnd, long bytesBefore, long bytesAfter, long records, long unreadableBatches) {}
