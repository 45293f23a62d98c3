package io.flotilla.broker.control;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.Partition;
import io.flotilla.broker.partition.PartitionTable;
import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.producer.Producers;
import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogException;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.FakeDisk;
import io.flotilla.metadata.PartitionId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Replicas that serve, with logs on a fake disk and groups that do as the test says. */
public final class TestReplicas {
    private static final Path NO_FILE = Path.of("/nowhere/producers");
    private static final Path ROOT = Path.of("/replicas");
    private static final int MAX_ENTRY_BYTES = 4 << 20;

    private final FakeDisk disk = new FakeDisk(new SplittableRandom(1));
    private final TailCache cache = new TailCache(1 << 20);
    private final LogStore store =
            new LogStore(disk, cache, new LogMetrics(new SimpleMeterRegistry(), cache), () -> 0L);
    private final PartitionTable table = new PartitionTable(() -> {});
    private final AtomicLong nowMs = new AtomicLong(1_700_000_000_000L);

    public TestReplicas() {
        try {
            disk.createDirectory(ROOT);
            disk.forceDirectory(Path.of("/"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public PartitionTable table() {
        return table;
    }

    /** Clock of the replicas, milliseconds since 1970. */
    public AtomicLong nowMs() {
        return nowMs;
    }

    /** A replica that is in service, in a group of nodes 1 to 3 without a leader. */
    public LocalGroup serve(PartitionId id) {
        Partition partition;
        try {
            Log log = store.open(ROOT.resolve("%s-%d".formatted(id.topic(), id.partition())), LogConfig.DEFAULT);
            partition = new Partition(
                    id,
                    log,
                    Producers.open(NO_FILE, log),
                    ProduceConfig.DEFAULT,
                    MAX_ENTRY_BYTES,
                    () -> Instant.ofEpochMilli(nowMs.get()),
                    new NoEvents());
        } catch (IOException | LogException e) {
            throw new AssertionError(e);
        }
        LocalGroup group = new LocalGroup(id.groupId(), partition).has(FakePeers.peers(1, 2, 3), List.of());
        partition.joined(group);
        table.put(new PartitionTable.Replica(id, "orders/" + id.partition(), ReplicaState.SERVING, partition));
        return group;
    }

    public Partition partition(PartitionId id) {
        return table.serving(id).orElseThrow();
    }

    private static final class NoEvents implements Partition.Events {
        @Override
        public void leadershipChanged(Partition partition) {
            // nobody looks
        }

        @Override
        public void behind(Partition partition) {}

        @Override
        public void failed(Partition partition, Throwable cause) {
            throw new AssertionError(cause);
        }
    }
}
