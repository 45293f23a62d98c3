package io.flotilla.broker.compaction;

import io.flotilla.broker.config.CompactionSettings;
import io.flotilla.broker.copy.Pace;
import io.flotilla.broker.partition.CompactionBacklog;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.PartitionTable.Replica;
import io.flotilla.log.CompactionResult;
import io.flotilla.log.CompactionRules;
import io.flotilla.log.CompactionStoppedException;
import io.flotilla.log.LogClosedException;
import io.flotilla.log.LogException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.config.TopicConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compacts the logs on this broker whose topics ask for it, one at a time on a thread of its own, the one with the largest
 * share of new bytes first. Every replica does so for itself: what a reader finds under a key is the same on all of them,
 * though not at every moment in the same bytes.
 */
public final class Compactor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Compactor.class);

    private final PartitionTable table;
    private final Supplier<MetadataImage> image;
    private final CompactionSettings settings;
    private final Pace pace;
    private final RecordContents contents = new RecordContents();
    private final ExecutorService thread;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    /** A log that has enough to be compacted. */
    private record Candidate(Partition partition, String name, TopicConfig config, CompactionBacklog backlog) {}

    public Compactor(
            int brokerId,
            PartitionTable table,
            Supplier<MetadataImage> image,
            CompactionSettings settings,
            LongSupplier nanoClock) {
        this.table = table;
        this.image = image;
        this.settings = settings;
        this.pace = new Pace(settings.maxBytesPerSecond(), nanoClock);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread compacting = new Thread(task, "compactor-" + brokerId);
            compacting.setDaemon(true);
            return compacting;
        });
    }

    /**
     * Starts a run unless one is under way; returns at once.
     *
     * @param time milliseconds since 1970, not ahead of the true time
     */
    public void run(Supplier<CompletableFuture<Long>> time) {
        boolean asked = image.get().topics().all().stream()
                .anyMatch(topic -> image.get().configOf(topic).cleanupPolicy().compacts());
        if (closed || !asked || !running.compareAndSet(false, true)) {
            return;
        }
        var unused = time.get().thenAcceptAsync(this::compactAll, thread).whenComplete((done, error) -> {
            running.set(false);
            if (error != null && !closed) {
                log.warn("compaction has failed, trying again later", error);
            }
        });
    }

    private void compactAll(long nowMs) {
        for (Candidate candidate : candidates(nowMs)) {
            if (closed) {
                return;
            }
            compact(candidate, nowMs);
        }
    }

    private List<Candidate> candidates(long nowMs) {
        MetadataImage now = image.get();
        List<Candidate> candidates = new ArrayList<>();
        for (Replica replica : table.all()) {
            Optional<TopicConfig> config = now.topics()
                    .find(replica.id().topic())
                    .map(now::configOf)
                    .filter(found -> found.cleanupPolicy().compacts());
            config.ifPresent(found -> replica.serving()
                    .flatMap(partition -> candidate(partition, replica.name(), found, nowMs))
                    .ifPresent(candidates::add));
        }
        candidates.sort(Comparator.comparingDouble(
                (Candidate candidate) -> -candidate.backlog().dirtyRatio()));
        return candidates;
    }

    private static Optional<Candidate> candidate(Partition partition, String name, TopicConfig config, long nowMs) {
        try {
            CompactionBacklog backlog = partition.compaction().backlog(config.compaction(), nowMs);
            return backlog.isDue(config.compaction())
                    ? Optional.of(new Candidate(partition, name, config, backlog))
                    : Optional.empty();
        } catch (LogClosedException e) {
            return Optional.empty();
        } catch (LogException | IOException e) {
            log.warn("it is not known what of a log could be compacted partition={}", name, e);
            return Optional.empty();
        }
    }

    private void compact(Candidate candidate, long nowMs) {
        TopicConfig config = candidate.config();
        CompactionRules rules = new CompactionRules(
                candidate.backlog().endOffset(),
                Long.MAX_VALUE,
                nowMs,
                config.compaction().deleteRetentionMs(),
                settings.mapBytes(),
                Math.toIntExact(config.segmentBytes()));
        try {
            candidate
                    .partition()
                    .compaction()
                    .run(rules, contents, new Throttle(pace, () -> !closed))
                    .filter(result -> result.bytesBefore() > 0)
                    .ifPresent(result -> tell(candidate.name(), result));
        } catch (LogClosedException e) {
            log.debug("a log was closed while it was compacted partition={}", candidate.name());
        } catch (CompactionStoppedException e) {
            log.info("compaction goes on later partition={}: {}", candidate.name(), e.getMessage());
        } catch (LogException e) {
            log.warn("a log could not be compacted partition={}", candidate.name(), e);
        }
    }

    private static void tell(String name, CompactionResult result) {
        log.info(
                "log was compacted partition={} to={} bytesBefore={} bytesAfter={} recordsGone={}",
                name,
                result.cleanEnd(),
                result.bytesBefore(),
                result.bytesAfter(),
                result.records());
    }

    /** Ends what runs, soon; a log that is being compacted stays as it is. */
    @Override
    public void close() {
        closed = true;
        thread.shutdown();
    }
}
