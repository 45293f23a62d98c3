package io.flotilla.raft.ratis;

import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.LeaderWatch;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.raft.RaftConfig;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftNode;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.SizeInBytes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link RaftNode} over one Ratis server.
 *
 * <p>Groups are opened one by one and never by Ratis' own scan of the directory: each log is looked at and mended first,
 * and one bad group does not keep the others from starting.
 */
public final class RatisNode implements RaftNode {
    private static final Logger log = LoggerFactory.getLogger(RatisNode.class);
    private static final int BACKGROUND_THREADS = 8;
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(100);

    private final int nodeId;
    private final RaftConfig config;
    private final RaftServer server;
    private final PeerChannels calls;
    private final PeerMonitor monitor;
    private final LeaderWatch leaders;
    private final ConcurrentMap<GroupId, Member> members = new ConcurrentHashMap<>();
    private final ExecutorService background;
    private final ExecutorService opening;
    private final ExecutorService closing;
    private final ScheduledExecutorService timer;
    private final AtomicLong requests = new AtomicLong();

    /** @param settled completes when opening has ended, well or not */
    private record Member(RatisGroup group, List<Peer> preference, CompletableFuture<Void> settled)
            implements LeaderWatch.Watched {}

    private RatisNode(int nodeId, RaftConfig config, int port, IntConsumer onPeerChange) throws IOException {
        this.nodeId = nodeId;
        this.config = config;
        this.background = Executors.newFixedThreadPool(BACKGROUND_THREADS, threads("raft-background"));
        this.opening = Executors.newSingleThreadExecutor(threads("raft-open"));
        this.closing = Executors.newCachedThreadPool(threads("raft-close")); // at most one thread per group
        this.timer = Executors.newSingleThreadScheduledExecutor(threads("raft-timer"));
        PeerListener listener = new PeerListener();
        this.calls = new PeerChannels(listener);
        this.monitor = new PeerMonitor(calls, config, System::nanoTime, onPeerChange);
        this.leaders = new LeaderWatch(nodeId, members::values, calls, monitor, System::nanoTime);
        this.server = server(listener, port);
    }

    /**
     * Starts the node's internal listener. No group is open yet.
     *
     * @param port to listen at
     * @param onPeerChange told the id of another node that came up or went down; quick
     * @throws IOException if the port is taken or the directory cannot be used; says which
     * @throws IllegalArgumentException if {@link RaftConfig#tuning()} would break a promise
     */
    public static RatisNode start(int nodeId, RaftConfig config, int port, IntConsumer onPeerChange)
            throws IOException {
        RatisPatches.apply();
        Campaign.verify();
        LogEnd.verify();
        Heartbeats.verify();
        ExitUtils.disableSystemExit(); // a library does not end the process
        RatisProperties.of(config, port);
        Files.createDirectories(config.directory());
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getByName(config.listenHost()))) {
            log.debug("port is free port={}", probe.getLocalPort());
        } catch (IOException e) {
            throw new IOException(
                    "internal port %s:%d cannot be used: %s".formatted(config.listenHost(), port, e.getMessage()), e);
        }
        RatisNode node = new RatisNode(nodeId, config, port, onPeerChange);
        try {
            node.server.start();
        } catch (IOException | RuntimeException e) {
            node.close();
            throw new IOException("internal port %s:%d cannot be used".formatted(config.listenHost(), port), e);
        }
        node.every(config.pingInterval(), node.monitor::ping);
        node.every(WATCH_INTERVAL, node.leaders::tick);
        node.every(RatisGroup.DISK_CHECK_INTERVAL, node::checkDisks);
        return node;
    }

    private void checkDisks() {
        members.values().forEach(m -> m.group().checkDisk());
    }

    private void every(Duration interval, Runnable task) {
        var unused = timer.scheduleWithFixedDelay(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        log.error("periodic task failed; it goes on", e);
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private RaftServer server(PeerListener listener, int port) throws IOException {
        RaftProperties properties = RatisProperties.of(config, port);
        Path nothing = Files.createDirectories(config.directory().resolve(".scanned-by-ratis"));
        RaftServerConfigKeys.setStorageDir(properties, List.of(nothing.toFile()));
        Parameters parameters = new Parameters();
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, listener);
        RaftServer raft = RaftServer.newBuilder()
                .setServerId(RatisPeers.peerId(nodeId))
                .setProperties(properties)
                .setParameters(parameters)
                .setStateMachineRegistry(
                        id -> member(new GroupId(id.getUuid())).group().adapter())
                .build();
        RatisProperties.keepIn(raft.getProperties(), config); // read anew for each group that is opened
        return raft;
    }

    private Member member(GroupId id) {
        Member member = members.get(id);
        if (member == null) {
            throw new IllegalStateException("group %s was not opened by us".formatted(id));
        }
        return member;
    }

    @Override
    public int nodeId() {
        return nodeId;
    }

    @Override
    public CompletableFuture<RaftGroup> open(
            GroupId id, String name, List<Peer> preference, boolean joins, GroupStateMachine machine) {
        RatisGroup group = new RatisGroup(
                id,
                name,
                machine,
                config,
                new RatisGroup.Executors(background, closing),
                new RaftLogFiles(directory(id)),
                this::left);
        Member member = new Member(group, List.copyOf(preference), new CompletableFuture<>());
        if (members.putIfAbsent(id, member) != null) {
            return CompletableFuture.failedFuture(new IllegalStateException("group %s is open".formatted(name)));
        }
        monitor.watch(preference.stream().filter(p -> p.nodeId() != nodeId).toList());
        return CompletableFuture.runAsync(() -> reconcile(member), background)
                .thenApplyAsync(mended -> openMended(member, joins), opening)
                .whenComplete((opened, error) -> {
                    if (error != null) {
                        group.close();
                        members.remove(id, member);
                    }
                    member.settled().complete(null);
                });
    }

    private void reconcile(Member member) {
        RatisGroup group = member.group();
        try {
            new TailReconciler(group.name(), new RaftLogFiles(directory(group.id())), group.machine()).reconcile();
        } catch (IOException e) {
            throw new UncheckedIOException("raft log of %s cannot be read".formatted(group.name()), e);
        } catch (UntrustedLogException e) {
            throw new CompletionException(e);
        }
    }

    private RaftGroup openMended(Member member, boolean joins) {
        RatisGroup group = member.group();
        boolean commands = group.machine().payloads() == PayloadStore.NONE;
        RaftServerConfigKeys.Log.setWriteBufferSize(
                server.getProperties(),
                SizeInBytes.valueOf(
                        commands ? RatisProperties.COMMANDS_BUFFER_BYTES : RatisProperties.HEADERS_BUFFER_BYTES));
        boolean fresh = !Files.exists(directory(group.id()));
        server.groupManagementAsync(GroupManagementRequest.newAdd(
                        ClientId.randomId(),
                        server.getId(),
                        requests.incrementAndGet(),
                        RatisPeers.group(group.id(), joins ? List.of() : member.preference()),
                        fresh))
                .join();
        try {
            group.opened(server.getDivision(RatisPeers.groupId(group.id())));
        } catch (IOException e) {
            throw new UncheckedIOException("%s was closed while it was opened".formatted(group.name()), e);
        }
        return group;
    }

    /** A member has failed; if it led, the others need not find out by themselves. */
    private void left(RatisGroup group, boolean led) {
        Member member = members.get(group.id());
        if (led && member != null) {
            leaders.resign(member);
        }
    }

    @Override
    public boolean exists(GroupId id) {
        return new RaftLogFiles(directory(id)).exist();
    }

    private Path directory(GroupId id) {
        return config.directory().resolve(id.toString());
    }

    @Override
    public Optional<RaftGroup> group(GroupId id) {
        return Optional.ofNullable(members.get(id)).map(Member::group);
    }

    @Override
    public CompletableFuture<Void> stop(GroupId id) {
        return remove(id, false);
    }

    @Override
    public CompletableFuture<Void> delete(GroupId id) {
        return remove(id, true);
    }

    /** Waits for an opening that is under way. The group counts as open until its files are let go of. */
    private CompletableFuture<Void> remove(GroupId id, boolean deleteFiles) {
        Member opening = members.get(id);
        CompletableFuture<Void> settled = opening == null ? CompletableFuture.completedFuture(null) : opening.settled();
        return settled.thenRunAsync(
                () -> {
                    Member member = members.get(id);
                    if (member != null) {
                        remove(member, deleteFiles);
                    } else if (deleteFiles) {
                        GroupFiles.delete(directory(id));
                    }
                    if (deleteFiles) {
                        forgetBeginning(id);
                    }
                    leaders.forget(id);
                },
                closing);
    }

    private void remove(Member member, boolean deleteFiles) {
        GroupId id = member.group().id();
        member.group().adapter().expectClose();
        server.groupManagementAsync(GroupManagementRequest.newRemove(
                        ClientId.randomId(),
                        server.getId(),
                        requests.incrementAndGet(),
                        RatisPeers.groupId(id),
                        deleteFiles,
                        false))
                .join();
        members.remove(id, member);
    }

    @Override
    public OptionalLong termOf(GroupId id, long index) throws IOException {
        return new RaftLogFiles(directory(id)).termOf(index);
    }

    @Override
    public void beginBehind(GroupId id, TermIndex at) throws IOException {
        new RaftLogFiles(directory(id)).beginBehind(at);
    }

    @Override
    public void setAside(GroupId id, Path to) throws IOException {
        GroupFiles.move(directory(id), to);
        new RaftLogFiles(directory(id)).forgetBeginning();
    }

    private void forgetBeginning(GroupId id) {
        try {
            new RaftLogFiles(directory(id)).forgetBeginning();
        } catch (IOException e) {
            throw new UncheckedIOException("files of group %s cannot be deleted".formatted(id), e);
        }
    }

    @Override
    public PeerCalls calls() {
        return calls;
    }

    @Override
    public PeerMonitor peers() {
        return monitor;
    }

    @Override
    public void close() {
        timer.shutdownNow();
        members.values().forEach(m -> m.group().adapter().expectClose());
        closeGroups();
        try {
            server.close();
        } catch (IOException e) {
            log.warn("closing the Raft server failed", e);
        }
        calls.close();
        opening.shutdownNow();
        background.shutdown();
        closing.shutdown();
    }

    /** All at once: each takes up to a second, as its threads look for their end no oftener. */
    private void closeGroups() {
        CompletableFuture.allOf(members.values().stream()
                        .filter(m -> m.settled().isDone())
                        .map(m -> CompletableFuture.runAsync(() -> closeGroup(m.group()), closing))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    private void closeGroup(RatisGroup group) {
        try {
            server.getDivision(RatisPeers.groupId(group.id())).close();
        } catch (IOException e) {
            log.debug("closed already group={}", group, e);
        }
    }

    private ThreadFactory threads(String name) {
        AtomicLong count = new AtomicLong();
        return task -> {
            Thread thread = new Thread(task, "%s-%d-%d".formatted(name, nodeId, count.incrementAndGet()));
            thread.setDaemon(true);
            return thread;
        };
    }
}
