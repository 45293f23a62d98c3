package io.flotilla.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a log was compacted.
 *
 * @param cleanEnd below this offset no record has a key that occurs again below it
 * @param rewrittenEnd below this offset frames may not be those that were appended
 * @param passes that reached further and further, oldest first
 * @param exchange of segments that may have been carried out in part, or null
 */
record CompactionMark(
        long cleanEnd,
        long rewrittenEnd,
        List<Pass> passes,
        @Nullable Exchange exchange) {
    static final CompactionMark NONE = new CompactionMark(0, 0, List.of(), null);
    static final int MOST_PASSES = 32;

    /**
     * From {@code atMs} on, milliseconds since 1970, no key below {@code endOffset} had a record before its newest one there.
     */
    record Pass(long endOffset, long atMs) {}

    /** The segments from {@code base} to {@code endOffset} give way to one new segment with that base. */
    record Exchange(long base, long endOffset) {}

    CompactionMark {
        passes = List.copyOf(passes);
    }

    /**
     * Deletions below the result have been the only records of their keys for {@code retentionMs} at least, so nobody needs
     * them any more who reads in less time than that.
     */
    long deletionsEnd(long nowMs, long retentionMs) {
        long end = 0;
        for (Pass pass : passes) {
            if (nowMs - pass.atMs >= retentionMs) {
                end = Math.max(end, pass.endOffset);
            }
        }
        return end;
    }

    CompactionMark exchanging(long base, long endOffset) {
        return new CompactionMark(cleanEnd, Math.max(rewrittenEnd, endOffset), passes, new Exchange(base, endOffset));
    }

    CompactionMark rewritten(long endOffset) {
        return new CompactionMark(cleanEnd, endOffset, passes, exchange);
    }

    CompactionMark exchanged() {
        return new CompactionMark(cleanEnd, rewrittenEnd, passes, null);
    }

    /** After a pass that was carried out as a whole. */
    CompactionMark passed(long endOffset, long atMs) {
        List<Pass> longer = new ArrayList<>(passes);
        long notBefore = passes.isEmpty() ? atMs : passes.get(passes.size() - 1).atMs;
        longer.add(new Pass(endOffset, Math.max(atMs, notBefore)));
        if (longer.size() > MOST_PASSES) {
            forgetOne(longer);
        }
        return new CompactionMark(Math.max(cleanEnd, endOffset), rewrittenEnd, longer, exchange);
    }

    /** The one whose offsets wait least if they count as passed when the next one did. */
    private static void forgetOne(List<Pass> passes) {
        int least = 0;
        for (int i = 1; i < passes.size() - 1; i++) {
            if (distance(passes, i) < distance(passes, least)) {
                least = i;
            }
        }
        passes.remove(least);
    }

    private static long distance(List<Pass> passes, int number) {
        return passes.get(number + 1).atMs - passes.get(number).atMs;
    }
}
