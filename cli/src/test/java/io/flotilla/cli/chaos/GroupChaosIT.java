package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.flotilla.broker.group.OffsetsTopic;
import io.flotilla.cli.Run;
import io.flotilla.cli.process.Await;
import io.flotilla.cli.process.JarProcess;
import io.flotilla.cli.process.Node;
import io.flotilla.client.Admin;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.RecordAck;
import io.flotilla.error.FlotillaException;
import io.flotilla.record.NewRecord;
import io.flotilla.v1.CommitOffsetsRequest;
import io.flotilla.v1.GroupDescription;
import io.flotilla.v1.GroupDescription.Member;
import io.flotilla.v1.GroupServiceGrpc;
import io.flotilla.v1.PartitionOffset;
import io.flotilla.v1.TopicPartition;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that share a group join, leave, are killed and stopped past their session, and the coordinator's broker is
 * killed, while records come: no partition has two owners, no position goes back, every record is processed, and the dead
 * commit nothing. {@code -Dgroups.minutes=N}, {@code -Dseed=N}.
 */
@Tag("chaos")
class GroupChaosIT {
    private static final int MINUTES = Integer.getInteger("groups.minutes", 10);
    private static final int PARTITIONS = 12;
    private static final int OFFSETS_PARTITIONS = 8;
    private static final int MOST_MEMBERS = 5;
    private static final String GROUP = "chaos";
    private static final String TOPIC = "orders";
    private static final Pattern RECORD = Pattern.compile("\"partition\":\\s*(\\d+),\\s*\"offset\":\\s*(\\d+)");

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private final AtomicBoolean over = new AtomicBoolean();
    private final Queue<String> anomalies = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> done = new HashMap<>();
    private final List<JarProcess> members = new ArrayList<>(); // alive
    private final List<JarProcess> everybody = new ArrayList<>();

    @TempDir
    Path root;

    private List<Node> nodes;
    private FlotillaClient client;
    private Admin admin;

    @BeforeEach
    void start() {
        nodes = Node.voters(root, 3);
        nodes.forEach(Node::start);
        assertThat(Run.of("cluster", "wait", "--brokers", "3", "--timeout", "60s", "-b", bootstrap())
                        .exit())
                .isZero();
        assertThat(Run.of(
                                "topic",
                                "create",
                                TOPIC,
                                "--partitions",
                                "12",
                                "--replication-factor",
                                "3",
                                "-b",
                                bootstrap())
                        .exit())
                .isZero();
        client = FlotillaClient.connect(ClientConfig.of(bootstrap()));
        admin = client.admin();
    }

    @AfterEach
    void stop() {
        client.close();
        everybody.forEach(JarProcess::close);
        nodes.forEach(Node::close);
    }

    private String bootstrap() {
        return nodes.stream().map(Node::address).collect(Collectors.joining(","));
    }

    @Test
    void everyRecordIsProcessedAndNoPositionGoesBack() throws Exception {
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
        CompletableFuture<Long> produced = CompletableFuture.supplyAsync(this::produce);
        CompletableFuture<Void> watched = CompletableFuture.runAsync(this::watch);
        join();
        join();
        while (System.nanoTime() < end) {
            TimeUnit.SECONDS.sleep(3 + random.nextInt(5)); // the load goes on meanwhile
            act();
        }
        while (members.size() < 2) {
            join();
        }
        over.set(true);
        long total = produced.join();
        watched.join();

        Await.until(
                () -> "everything is committed: %d of %d".formatted(committed(), total), () -> committed() == total);
        everybody.forEach(JarProcess::close);
        Map<Integer, Set<Long>> seen = new HashMap<>();
        long lines = read(seen);
        long distinct = seen.values().stream().mapToLong(Set::size).sum();

        System.out.printf(
                "groups: seed %d, %d min, %s; %d records, %d processed again, anomalies %s%n",
                seed, MINUTES, done, total, lines - distinct, anomalies);
        assertThat(anomalies).isEmpty();
        assertThat(distinct).isEqualTo(total);
    }

    private void act() throws Exception {
        switch (random.nextInt(6)) {
            case 0, 1 -> {
                if (members.size() < MOST_MEMBERS) {
                    join();
                }
            }
            case 2 -> {
                if (members.size() > 1) {
                    count("leave");
                    take().terminate();
                }
            }
            case 3 -> {
                count("kill");
                take().kill();
                join();
            }
            case 4 -> pause();
            default -> killCoordinator();
        }
    }

    private void count(String what) {
        done.merge(what, 1, Integer::sum);
    }

    private void join() {
        count("join");
        JarProcess member = JarProcess.start(
                root, "member-" + everybody.size(), "consume", TOPIC, "-g", GROUP, "-o", "ndjson", "-b", bootstrap());
        members.add(member);
        everybody.add(member);
    }

    private JarProcess take() {
        return members.remove(random.nextInt(members.size()));
    }

    /** Longer than it takes to notice that the process does not answer, and its session to end. */
    private void pause() throws Exception {
        if (members.size() < 2) {
            return;
        }
        count("pause");
        Map<String, Integer> before = epochs();
        JarProcess zombie = take();
        signal("STOP", zombie);
        try {
            Await.until(
                    () -> "a member is given up: %s of %s".formatted(epochs(), before),
                    () -> before.keySet().stream().anyMatch(id -> !epochs().containsKey(id)));
            Set<String> now = epochs().keySet();
            before.forEach((id, epoch) -> {
                if (!now.contains(id)) {
                    requireRefused(id, epoch);
                }
            });
        } finally {
            signal("CONT", zombie);
        }
        members.add(zombie);
    }

    private static void signal(String name, JarProcess process) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    private Map<String, Integer> epochs() {
        return described().getMembersList().stream()
                .collect(Collectors.toMap(Member::getMemberId, Member::getMemberEpoch));
    }

    private GroupDescription described() {
        while (true) {
            try {
                return FlotillaClient.join(admin.group(GROUP));
            } catch (FlotillaException e) {
                if (!e.retriable()) {
                    return GroupDescription.getDefaultInstance();
                }
            }
        }
    }

    /** A position that would undo everything. */
    private void requireRefused(String memberId, int epoch) {
        ManagedChannel channel = NettyChannelBuilder.forTarget(nodes.get(0).address())
                .usePlaintext()
                .build();
        try {
            var unused = GroupServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .commitOffsets(CommitOffsetsRequest.newBuilder()
                            .setGroup(GROUP)
                            .setMemberId(memberId)
                            .setMemberEpoch(epoch)
                            .addOffsets(PartitionOffset.newBuilder().setTopic(TOPIC))
                            .build());
            anomalies.add("a member that was given up has committed");
        } catch (StatusRuntimeException e) {
            count("refused");
        } finally {
            channel.shutdownNow();
        }
    }

    private void killCoordinator() {
        count("coordinator");
        int partition = OffsetsTopic.partitionOf(GROUP, OFFSETS_PARTITIONS);
        int leader = FlotillaClient.join(
                        admin.partition(new io.flotilla.client.TopicPartition(OffsetsTopic.NAME, partition)))
                .getLeaderId();
        if (leader > 0) {
            Node node = nodes.get(leader - 1);
            node.process().kill();
            node.start();
            assertThat(Run.of("cluster", "wait", "--healthy", "--timeout", "120s", "-b", bootstrap())
                            .exit())
                    .isZero();
        }
    }

    // ---- what goes on meanwhile

    private long produce() {
        long count = 0;
        List<CompletableFuture<RecordAck>> acks = new ArrayList<>();
        Producer producer = FlotillaClient.join(client.producer(TOPIC, ProducerConfig.DEFAULT));
        while (!over.get()) {
            for (int i = 0; i < 20; i++) {
                acks.add(producer.send(
                        (int) (count % PARTITIONS), NewRecord.of(ByteString.copyFromUtf8("order " + count))));
                count++;
            }
            FlotillaClient.join(acks.get(acks.size() - 1));
            acks.forEach(FlotillaClient::join);
            acks.clear();
            java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        producer.close();
        return count;
    }

    private void watch() {
        Map<TopicPartition, Long> highest = new HashMap<>();
        while (!over.get()) {
            try {
                look(highest);
            } catch (FlotillaException e) {
                assertThat(e.retriable() || e.ambiguous() || e.description().contains("does not exist"))
                        .as(e.description())
                        .isTrue();
            }
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(100).toNanos());
        }
    }

    private void look(Map<TopicPartition, Long> highest) {
        GroupDescription group = FlotillaClient.join(admin.group(GROUP));
        Map<TopicPartition, String> owners = new HashMap<>();
        for (Member member : group.getMembersList()) {
            for (TopicPartition partition : member.getPartitionsList()) {
                String other = owners.put(partition, member.getMemberId());
                if (other != null) {
                    anomalies.add("%s belongs to %s and %s".formatted(partition, other, member.getMemberId()));
                }
            }
        }
        group.getPartitionsList().forEach(partition -> {
            long now = partition.getCommittedOffset();
            long before = highest.getOrDefault(partition.getPartition(), 0L);
            if (partition.hasCommittedOffset() && now < before) {
                anomalies.add("%s went back from %d to %d".formatted(partition.getPartition(), before, now));
            }
            highest.merge(partition.getPartition(), now, Math::max);
        });
    }

    private long committed() {
        return FlotillaClient.join(admin.positions(GROUP)).stream()
                .mapToLong(PartitionOffset::getOffset)
                .sum();
    }

    private long read(Map<Integer, Set<Long>> seen) {
        long lines = 0;
        for (JarProcess member : everybody) {
            for (String line : member.out().split("\n", -1)) {
                Matcher record = RECORD.matcher(line);
                if (record.find()) {
                    lines++;
                    seen.computeIfAbsent(Integer.parseInt(record.group(1)), partition -> new HashSet<>())
                            .add(Long.parseLong(record.group(2)));
                }
            }
        }
        return lines;
    }
}
