package io.flotilla.broker.partition;

import io.flotilla.log.LogEnd;
import io.flotilla.raft.TermIndex;

/**
 * What a replica holds for others to copy.
 *
 * @param last the last committed entry with frames; {@link TermIndex#NONE} if there is none
 * @param endOffset behind it
 * @param rewrittenEnd frames before this offset may not be those that were appended
 * @param origin where the segment that holds the log's start begins
 */
public record KeptState(TermIndex last, long endOffset, long logStart, long rewrittenEnd, LogEnd origin) {}
