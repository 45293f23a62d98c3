package io.flotilla.broker.partition;

import io.flotilla.broker.producer.Producers;
import io.flotilla.log.BatchContents;
import io.flotilla.log.CompactionPace;
import io.flotilla.log.CompactionResult;
import io.flotilla.log.CompactionRules;
import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.metadata.config.CompactionConfig;
import io.flotilla.raft.RaftGroup;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Compacts the log of one replica, as far as nobody needs it as it was appended: not what the Raft log may still send to other
 * replicas, not what the table of producers was not kept of, and not while a replica copies. {@link #run} belongs to one
 * thread at a time.
 */
public final class PartitionCompaction {
    /** A copy whose replica has not asked for so long has ended. */
    private static final Duration COPY_PAUSE = Duration.ofSeconds(20);

    private final Log log;
    private final Producers producers;
    private final HighWatermark highWatermark;
    private final Supplier<Optional<RaftGroup>> group;
    private final InstantSource clock;
    private final AtomicLong forgottenUpTo = new AtomicLong();
    private volatile long copiedAtMs;

    PartitionCompaction(
            Log log,
            Producers producers,
            HighWatermark highWatermark,
            Supplier<Optional<RaftGroup>> group,
            InstantSource clock) {
        this.log = log;
        this.producers = producers;
        this.highWatermark = highWatermark;
        this.group = group;
        this.clock = clock;
    }

    /** A replica has just asked for a part of the log. */
    void copied() {
        copiedAtMs = clock.millis();
    }

    /**
     * What a compaction would find now; blocks for the disk. If the Raft log keeps more that would be due, it is told to
     * forget what it may, once for each segment that ends.
     */
    public CompactionBacklog backlog(CompactionConfig config, long nowMs) throws LogException, IOException {
        Optional<RaftGroup> member = group.get();
        if (member.isEmpty()) {
            return CompactionBacklog.of(log, config, nowMs, LogEnd.NOTHING);
        }
        CompactionBacklog now =
                CompactionBacklog.of(log, config, nowMs, member.get().firstKept() - 1);
        CompactionBacklog all = CompactionBacklog.of(log, config, nowMs, Long.MAX_VALUE);
        boolean waits = all.isDue(config) && now.endOffset() < all.endOffset();
        if (waits && forgottenUpTo.getAndSet(all.endOffset()) != all.endOffset()) {
            member.get().forget();
        }
        return now;
    }

    /** Compacts up to where {@code rules} end; blocks for long. Empty if there was a reason not to begin. */
    public Optional<CompactionResult> run(CompactionRules rules, BatchContents contents, CompactionPace pace)
            throws LogException {
        producers.keep(log, highWatermark::offset);
        if (isCopied() || producers.keptOffset() < rules.endOffset()) {
            return Optional.empty();
        }
        CompactionResult result = log.compact(contents, rules, new UnlessCopied(pace));
        producers.keep(log, highWatermark::offset); // how much is new is known by the log's size, which may be less now
        return Optional.of(result);
    }

    private boolean isCopied() {
        return Math.abs(clock.millis() - copiedAtMs) < COPY_PAUSE.toMillis();
    }

    /** Also ends when a replica begins to copy. */
    private final class UnlessCopied implements CompactionPace {
        private final CompactionPace pace;

        UnlessCopied(CompactionPace pace) {
            this.pace = pace;
        }

        @Override
        public void passed(int bytes) {
            pace.passed(bytes);
        }

        @Override
        public boolean goesOn() {
            return pace.goesOn() && !isCopied();
        }
    }
}
