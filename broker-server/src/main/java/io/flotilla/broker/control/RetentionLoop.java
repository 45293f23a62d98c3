package io.flotilla.broker.control;

import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.log.LogException;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.Topic;
import io.flotilla.metadata.config.TopicConfig;
import io.flotilla.raft.Peer;
import io.flotilla.raft.ProposeResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Proposes, for the partitions this broker leads, that their logs start behind what their topics' settings no longer keep. One
 * run at a time, on the pool.
 */
public final class RetentionLoop {
    private static final Logger log = LoggerFactory.getLogger(RetentionLoop.class);

    private final PartitionTable table;
    private final AgreedTime time;
    private final Supplier<MetadataImage> image;
    private final Executor pool;
    private final AtomicBoolean running = new AtomicBoolean();

    public RetentionLoop(PartitionTable table, AgreedTime time, Supplier<MetadataImage> image, Executor pool) {
        this.table = table;
        this.time = time;
        this.image = image;
        this.pool = pool;
    }

    /**
     * Starts a run unless one is under way; returns at once.
     *
     * @param others the other brokers
     */
    public void run(List<Peer> others) {
        if (!running.compareAndSet(false, true)) {
            return;
        }
        var unused = time.now(others).thenAcceptAsync(this::trimAll, pool).whenComplete((done, error) -> {
            running.set(false);
            if (error != null) {
                log.warn("retention has failed, trying again later", error);
            }
        });
    }

    private void trimAll(long nowMs) {
        MetadataImage now = image.get();
        for (PartitionTable.Replica replica : table.all()) {
            Optional<Topic> topic = now.topics()
                    .find(replica.id().topic())
                    .filter(found -> !found.internal()); // those are not removed by age or size
            replica.serving()
                    .filter(partition -> partition.leadership().leads())
                    .ifPresent(partition ->
                            topic.ifPresent(found -> trim(partition, replica.name(), now.configOf(found), nowMs)));
        }
    }

    private static void trim(Partition partition, String name, TopicConfig config, long nowMs) {
        try {
            long before = partition.logStart();
            long start = partition.retainedFrom(config, nowMs);
            if (start > before) {
                var unused = partition.trim(start).thenAccept(result -> told(name, before, start, result));
            }
        } catch (LogException e) {
            log.warn("it is not known what of a log is to be kept partition={}", name, e);
        }
    }

    private static void told(String name, long before, long start, ProposeResult result) {
        if (result instanceof ProposeResult.Committed) {
            log.info("records are not kept any longer partition={} from={} to={}", name, before, start - 1);
        }
    }
}
