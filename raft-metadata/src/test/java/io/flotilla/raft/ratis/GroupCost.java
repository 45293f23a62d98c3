package io.flotilla.raft.ratis;

import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.Peer;
import io.flotilla.raft.RaftConfig;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what many Raft groups cost one node: run once per node, in processes of their own, with the same arguments.
 *
 * <pre>
 *   GroupCost ID DIRECTORY GROUPS IDLE_SECONDS LOAD_SECONDS [key=value of Ratis ...]
 * </pre>
 *
 * Nodes 1 to 3 listen on loopback ports 17411, 17421, 17431. Prints the time until this node knows a leader of every
 * group, threads, direct memory, CPU while idle, then throughput and changes of leadership under a load of one 16 KiB
 * entry in flight per group. Payloads go to a file per group and are forced.
 */
final class GroupCost {
    private static final int ENTRY_BYTES = 16 << 10;

    private GroupCost() {}

    public static void main(String[] args) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler((t, e) -> {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
        int id = Integer.parseInt(args[0]);
        Path directory = Path.of(args[1]);
        int count = Integer.parseInt(args[2]);
        int idleSeconds = Integer.parseInt(args[3]);
        int loadSeconds = Integer.parseInt(args[4]);
        var tuning = new java.util.HashMap<String, String>();
        for (int i = 5; i < args.length; i++) {
            tuning.put(args[i].substring(0, args[i].indexOf('=')), args[i].substring(args[i].indexOf('=') + 1));
        }
        List<Peer> nodes = List.of(
                new Peer(1, "127.0.0.1", 17411), new Peer(2, "127.0.0.1", 17421), new Peer(3, "127.0.0.1", 17431));
        RatisNode node = RatisNode.start(
                id,
                RaftConfig.in(directory.resolve("raft")).tuned(tuning),
                nodes.get(id - 1).port(),
                peer -> {});
        long start = System.nanoTime();
        List<CompletableFuture<RaftGroup>> opening = new ArrayList<>();
        AtomicInteger changes = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            List<Peer> preference = new ArrayList<>(nodes);
            java.util.Collections.rotate(preference, i % 3);
            opening.add(node.open(
                    new GroupId(new UUID(7, i)), "g" + i, preference, false, new Machine(directory, i, changes)));
        }
        List<RaftGroup> groups = opening.stream().map(CompletableFuture::join).toList();
        long opened = System.nanoTime();
        while (!groups.stream().allMatch(g -> g.leadership().leaderId() != Leadership.NO_LEADER)) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        long led = System.nanoTime();
        System.out.printf(
                "node %d: %d groups, opened %.1f s, all led %.1f s, leads %d, threads %d, direct %d MB%n",
                id,
                count,
                (opened - start) / 1e9,
                (led - start) / 1e9,
                groups.stream().filter(g -> g.leadership().leads()).count(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                direct() >> 20);
        TimeUnit.SECONDS.sleep(10);
        double cpu = cpuSeconds();
        int before = changes.get();
        TimeUnit.SECONDS.sleep(idleSeconds);
        System.out.printf(
                "node %d: idle %.1f %% of a core, leadership notices %d%n",
                id, 100 * (cpuSeconds() - cpu) / idleSeconds, changes.get() - before);
        before = changes.get();
        cpu = cpuSeconds();
        AtomicLong done = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        long end = System.nanoTime() + Duration.ofSeconds(loadSeconds).toNanos();
        List<CompletableFuture<Void>> loads =
                groups.stream().map(g -> load(g, end, done, refused)).toList();
        loads.forEach(CompletableFuture::join);
        System.out.printf(
                "node %d: load %.1f entries/s %.2f MB/s, refused %d, cpu %.2f cores, leadership notices %d, leads %d%n",
                id,
                done.get() / (double) loadSeconds,
                done.get() * ENTRY_BYTES / 1e6 / loadSeconds,
                refused.get(),
                (cpuSeconds() - cpu) / loadSeconds,
                changes.get() - before,
                groups.stream().filter(g -> g.leadership().leads()).count());
        TimeUnit.SECONDS.sleep(5);
        node.close();
        System.exit(0);
    }

    private static CompletableFuture<Void> load(RaftGroup group, long end, AtomicLong done, AtomicLong refused) {
        if (System.nanoTime() > end) {
            return CompletableFuture.completedFuture(null);
        }
        if (!group.leadership().leads()) {
            return CompletableFuture.supplyAsync(
                            () -> null, CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS))
                    .thenCompose(x -> load(group, end, done, refused));
        }
        return group.propose(new byte[32], new byte[ENTRY_BYTES]).thenComposeAsync(result -> {
            if (result instanceof io.flotilla.raft.ProposeResult.Committed) {
                done.incrementAndGet();
            } else {
                refused.incrementAndGet();
            }
            return load(group, end, done, refused);
        });
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(b -> b.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    /** Payloads in a file of their own, the last thousand also in memory. */
    private static final class Machine implements GroupStateMachine, PayloadStore, StoredMark {
        private final ConcurrentSkipListMap<Long, byte[]> recent = new ConcurrentSkipListMap<>();
        private final FileChannel file;
        private final AtomicInteger changes;
        private volatile TermIndex last = TermIndex.NONE;
        private long written = -1;

        Machine(Path directory, int n, AtomicInteger changes) throws IOException {
            Files.createDirectories(directory.resolve("payload"));
            this.changes = changes;
            this.file = FileChannel.open(
                    directory.resolve("payload").resolve("p" + n),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }

        @Override
        public PayloadStore payloads() {
            return this;
        }

        @Override
        public StoredMark storedMark() {
            return this;
        }

        @Override
        public void apply(TermIndex at, byte[] header) {
            if (recent.size() > 1000) {
                recent.headMap(at.index() - 500).clear();
            }
        }

        @Override
        public void leadershipChanged() {
            changes.incrementAndGet();
        }

        @Override
        public void failed(Throwable cause) {
            cause.printStackTrace();
        }

        @Override
        public TermIndex last() {
            return last;
        }

        @Override
        public OptionalLong termOf(long index) {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong truncatedFrom() {
            return OptionalLong.empty();
        }

        @Override
        public void write(TermIndex at, byte[] payload) {
            recent.put(at.index(), payload);
            last = at;
        }

        @Override
        public void flush() throws IOException {
            for (var entry : recent.tailMap(written, false).entrySet()) {
                file.write(ByteBuffer.wrap(entry.getValue()));
                written = entry.getKey();
            }
            file.force(false);
        }

        @Override
        public void truncate(long index) {
            recent.tailMap(index).clear();
            written = Math.min(written, index - 1);
        }

        @Override
        public byte[] read(long index) {
            byte[] payload = recent.get(index);
            return payload == null ? new byte[ENTRY_BYTES] : payload;
        }

        @Override
        public long storedIndex() {
            return NOTHING;
        }

        @Override
        public void confirm(long index) {}
    }
}
