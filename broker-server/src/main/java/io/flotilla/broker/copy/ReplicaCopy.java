package io.flotilla.broker.copy;

import io.flotilla.broker.v1.CopyEntriesResponse;
import io.flotilla.broker.v1.CopyStateResponse;
import io.flotilla.log.CorruptLogException;
import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import io.flotilla.log.LogException;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftNode;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a replica, whose group is stopped on this node, to get all that is committed from the leader's log.
 *
 * <p>The leader's last committed entry {@code S} decides. If the replica's own Raft log has it, all before it is here too, and
 * nothing is done. If not, this replica is not among those that made {@code S} committed: what its Raft log holds behind
 * what is stored counts for nobody, so it is dropped and the leader's entries take its place. Every one that is copied
 * counts as stored at once, so an attempt that ends early has only shortened the way. In the end the Raft log begins behind
 * the last entry that was copied; term and vote stay.
 *
 * <p>The steps run one after another on the pool.
 */
public final class ReplicaCopy {
    private static final Logger logger = LoggerFactory.getLogger(ReplicaCopy.class);
    private static final int CHUNK_BYTES = 1 << 20;

    private final GroupId group;
    private final String name;
    private final Files files;
    private final RaftNode raft;
    private final CopyCalls calls;
    private final Executor pool;
    private final Pace pace;
    private boolean begun;
    private @Nullable Log log;

    /** The replica's own files, and who is told what becomes of them. */
    public interface Files {
        Log openLog(LogEnd origin) throws IOException, CorruptLogException;

        /** Whether there is a log. */
        boolean hasLog();

        /** Deletes the closed log and what belongs to it. */
        void deleteLog() throws IOException;

        void replaceProducers(byte[] file) throws IOException;

        /** From here on the log and the Raft log do not fit until the copy has ended; durable on return. */
        void begins() throws IOException;

        /** Offsets up to {@code offset} of {@code end} are here. */
        void progress(long offset, long end);
    }

    /** @param begun whether an earlier attempt had begun when the process ended */
    public ReplicaCopy(
            GroupId group,
            String name,
            List<Peer> others,
            Files files,
            RaftNode raft,
            Executor pool,
            Pace pace,
            boolean begun) {
        this.group = group;
        this.name = name;
        this.files = files;
        this.raft = raft;
        this.calls = new CopyCalls(raft.calls(), group, others);
        this.pool = pool;
        this.pace = pace;
        this.begun = begun;
    }

    /**
     * Completes when the replica's files fit together and hold all that was committed when it began; or fails, and they fit
     * together too, unless the disk refuses.
     */
    public CompletableFuture<Void> run() {
        return calls.offer()
                .thenComposeAsync(this::take, pool)
                .handleAsync((done, error) -> error, pool)
                .thenCompose(error -> {
                    try {
                        end();
                    } catch (IOException | LogException e) {
                        return CompletableFuture.failedFuture(e);
                    }
                    return error == null
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(error);
                });
    }

    private CompletableFuture<Void> take(CopyCalls.Offer offer) {
        CopyStateResponse state = offer.state();
        try {
            if (!isNeeded(state)) {
                return CompletableFuture.completedFuture(null);
            }
            files.begins();
            begun = true;
            Log mine = log();
            dropUncommitted(mine);
            boolean continues = mine.logEnd() >= state.getOriginOffset() && mine.logEnd() >= state.getRewrittenEnd();
            CompletableFuture<Void> ready =
                    continues ? CompletableFuture.completedFuture(null) : startOver(offer, mine);
            return ready.thenComposeAsync(x -> entries(offer), pool);
        } catch (IOException | LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void dropUncommitted(Log mine) throws LogException {
        if (mine.lastRaftIndex() > mine.storedRaftIndex()) {
            mine.truncateFrom(mine.storedRaftIndex() + 1);
        }
    }

    private boolean isNeeded(CopyStateResponse state) throws IOException, LogException {
        if (state.getRaftIndex() < 0) {
            return false;
        }
        if (!files.hasLog()) {
            return true;
        }
        Log mine = log();
        if (mine.storedRaftIndex() >= state.getRaftIndex()) {
            return false;
        }
        OptionalLong term = begun ? OptionalLong.empty() : raft.termOf(group, state.getRaftIndex());
        if (term.isPresent() && term.getAsLong() == state.getTerm()) {
            mine.confirmStored(state.getRaftIndex());
            return false;
        }
        return true;
    }

    /** What is here ends before what the leader still has, or has as it was appended, begins. */
    private CompletableFuture<Void> startOver(CopyCalls.Offer offer, Log mine) throws IOException, LogException {
        CopyStateResponse state = offer.state();
        mine.close();
        log = null;
        files.deleteLog();
        LogEnd origin = new LogEnd(state.getOriginOffset(), state.getOriginRaftIndex(), (int) state.getOriginTerm());
        return calls.producers(offer.leader())
                .thenAcceptAsync(
                        producers -> {
                            try {
                                files.replaceProducers(producers);
                                Log fresh = files.openLog(origin);
                                log = fresh;
                                fresh.markRewritten(state.getRewrittenEnd());
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            } catch (LogException e) {
                                throw new IllegalStateException(e);
                            }
                        },
                        pool);
    }

    private CompletableFuture<Void> entries(CopyCalls.Offer offer) {
        try {
            Log mine = log();
            long from = mine.logEnd();
            long end = offer.state().getEndOffset();
            files.progress(from, end);
            if (from >= end) {
                mine.trimTo(Math.min(offer.state().getLogStart(), mine.logEnd()));
                logger.info("replica was copied partition={} endOffset={}", name, end);
                return CompletableFuture.completedFuture(null);
            }
            return calls.entries(offer.leader(), from, end, CHUNK_BYTES)
                    .thenComposeAsync(run -> append(run, offer), pool);
        } catch (IOException | LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> append(CopyEntriesResponse run, CopyCalls.Offer offer) {
        try {
            Log mine = log();
            if (run.getRewrittenEnd() > offer.state().getRewrittenEnd() && run.getRewrittenEnd() > mine.logEnd()) {
                throw new IOException(
                        "the leader has compacted its log meanwhile, so the copy begins anew, partition %s"
                                .formatted(name));
            }
            if (run.getEntriesCount() == 0) {
                throw new IOException("the leader has nothing at offset %d any more".formatted(mine.logEnd()));
            }
            long bytes = 0;
            for (CopyEntriesResponse.Entry entry : run.getEntriesList()) {
                bytes += entry.getFrames().size();
                mine.append(
                        entry.getRaftIndex(), entry.getTerm(), entry.getFrames().toByteArray());
            }
            mine.flush();
            mine.confirmStored(mine.lastRaftIndex());
            return pace.pass(bytes).thenComposeAsync(passed -> entries(offer), pool);
        } catch (IOException | LogException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Log log() throws IOException, CorruptLogException {
        Log open = log;
        if (open == null) {
            open = files.openLog(LogEnd.EMPTY);
            log = open;
        }
        return open;
    }

    /** Leaves a log and a Raft log that fit together. */
    private void end() throws IOException, LogException {
        if (begun) {
            Log mine = log();
            dropUncommitted(mine);
            mine.settle();
            LogEnd last = mine.end();
            raft.beginBehind(group, new TermIndex(last.term(), last.raftIndex()));
        }
        Log open = log;
        log = null;
        if (open != null) {
            open.close();
        }
    }
}
