package io.flotilla.raft.ratis;

import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftConfig;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.RaftMetrics;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ReplicationLevel;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.TransferLeadershipException;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link RaftGroup} over one Ratis division. Proposals are submitted on the caller's thread. */
final class RatisGroup implements RaftGroup {
    private static final Logger log = LoggerFactory.getLogger(RatisGroup.class);
    private static final Duration FORGET_WITHIN = Duration.ofSeconds(10);
    static final Duration DISK_CHECK_INTERVAL = Duration.ofMillis(250);

    private static final ClientId CLIENT = ClientId.randomId();
    private static final AtomicLong CALLS = new AtomicLong();
    /** More than Ratis adds to the header and payload of an entry. */
    private static final int ENTRY_FRAMING_BYTES = 512;

    private final GroupId id;
    private final String name;
    private final GroupStateMachine machine;
    private final RatisStateMachine adapter;
    private final Executors executors;
    private final Departure onDeparture;
    private final RaftLogFiles files;
    private final FlushProgress progress;
    private final int maxEntryBytes;
    private final AtomicBoolean failed = new AtomicBoolean();
    private volatile @Nullable Division division;

    /** A division, and the same object as the protocol by which it takes requests. */
    private record Division(RaftServer.Division division, RaftClientAsynchronousProtocol requests) {}

    /**
     * Threads that are not the group's own.
     *
     * @param background runs what must not run on a thread of the group
     * @param closing closes members, each on a thread of its own: that may hang for as long as a disk does
     */
    record Executors(Executor background, Executor closing) {}

    RatisGroup(
            GroupId id,
            String name,
            GroupStateMachine machine,
            RaftConfig config,
            Executors executors,
            RaftLogFiles files,
            Departure onDeparture) {
        this.id = id;
        this.name = name;
        this.machine = machine;
        this.executors = executors;
        this.files = files;
        this.onDeparture = onDeparture;
        this.progress = new FlushProgress(config.flushTimeout().dividedBy(DISK_CHECK_INTERVAL));
        this.maxEntryBytes = config.maxEntryBytes();
        this.adapter =
                new RatisStateMachine(machine, config.keptEntries(), new Beginning(), this::currentTerm, this::fail);
    }

    private final class Beginning implements RatisStateMachine.Beginning {
        @Override
        public TermIndex remembered() throws IOException {
            try {
                return files.beginning();
            } catch (UntrustedLogException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public TermIndex fileEndUpTo(long index) throws IOException {
            Division open = division;
            long end = files.fileEndUpTo(index);
            var entry = open == null || end < 0
                    ? null
                    : open.division().getRaftLog().getTermIndex(end);
            return entry == null ? TermIndex.NONE : new TermIndex(entry.getTerm(), entry.getIndex());
        }

        @Override
        public void remember(TermIndex at) throws IOException {
            files.willBeginBehind(at);
        }
    }

    /** Told when a member leaves service by itself. */
    interface Departure {
        void left(RatisGroup group, boolean led);
    }

    private long currentTerm() {
        Division open = division;
        return open == null ? ANY_TERM : open.division().getInfo().getCurrentTerm();
    }

    RatisStateMachine adapter() {
        return adapter;
    }

    GroupStateMachine machine() {
        return machine;
    }

    String name() {
        return name;
    }

    void opened(RaftServer.Division opened) {
        try {
            adapter.opened();
        } catch (IOException e) {
            fail(e);
        }
        division = new Division(opened, (RaftClientAsynchronousProtocol) opened);
        if (failed.get()) {
            executors.closing().execute(this::close);
        }
        machine.leadershipChanged();
    }

    /** Takes the member out of service if its disk hangs. Called every {@link #DISK_CHECK_INTERVAL}; never waits. */
    void checkDisk() {
        Division open = running();
        if (open == null) {
            return;
        }
        var last = LogEnd.of(open.division());
        long end = last == null ? TermIndex.NONE.index() : last.getIndex();
        long flushed = open.division().getRaftLog().getFlushIndex();
        if (progress.hangs(end, flushed)) {
            fail(new IOException("the disk hangs: the raft log of %s ends at entry %d but is stuck on disk at entry %d"
                    .formatted(name, end, flushed)));
        }
    }

    @Override
    public void fail(Throwable cause) {
        if (failed.compareAndSet(false, true)) {
            RaftMetrics.FAILED_MEMBERS.increment();
            log.error("member leaves service group={}", name, cause);
            adapter.giveUp();
            boolean led = leads();
            executors.closing().execute(this::close);
            executors.background().execute(() -> {
                onDeparture.left(this, led);
                machine.failed(cause);
            });
        }
    }

    private boolean leads() {
        Division open = division;
        return open != null && open.division().getInfo().isLeader();
    }

    void close() {
        adapter.expectClose();
        Division open = division;
        if (open != null) {
            open.division().close();
        }
    }

    @Override
    public GroupId id() {
        return id;
    }

    @Override
    public CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
        Division open = running();
        if (open == null) {
            return CompletableFuture.completedFuture(new ProposeResult.NotLeader(Leadership.NO_LEADER));
        }
        requireFits(header.length, payload.length);
        Proposal proposal = new Proposal(header, payload, term);
        RaftClientRequest request = request(open)
                .setType(RaftClientRequest.writeRequestType())
                .setMessage(proposal)
                .build();
        return submit(open, request).handle((reply, error) -> result(proposal, reply, error));
    }

    /** An entry that Ratis finds too large would cost the leader its place. */
    private void requireFits(int headerBytes, int payloadBytes) {
        int headerLimit = (machine.payloads() == PayloadStore.NONE
                        ? RatisProperties.COMMANDS_BUFFER_BYTES
                        : RatisProperties.HEADERS_BUFFER_BYTES)
                / 2;
        int entryLimit = maxEntryBytes - ENTRY_FRAMING_BYTES;
        if (headerBytes > headerLimit || (long) headerBytes + payloadBytes > entryLimit) {
            throw new IllegalArgumentException(
                    "entry with a header of %d bytes and a payload of %d proposed to %s; at most %d and, together, %d fit"
                            .formatted(headerBytes, payloadBytes, name, headerLimit, entryLimit));
        }
    }

    private static ProposeResult result(Proposal proposal, @Nullable RaftClientReply reply, @Nullable Throwable error) {
        if (reply != null && reply.isSuccess()) {
            return new ProposeResult.Committed(reply.getLogIndex());
        }
        Throwable cause = error != null ? error : reply == null ? null : reply.getException();
        String reason = String.valueOf(cause);
        if (proposal.mayBeInLog()) {
            return new ProposeResult.Unknown(reason);
        }
        NotLeaderException elsewhere = reply == null ? null : reply.getNotLeaderException();
        if (elsewhere != null) {
            RaftPeer leader = elsewhere.getSuggestedLeader();
            return new ProposeResult.NotLeader(
                    leader == null ? Leadership.NO_LEADER : RatisPeers.nodeId(leader.getId()));
        }
        return new ProposeResult.Refused(reason);
    }

    @Override
    public CompletableFuture<Void> onEveryMember(long index) {
        Division open = running();
        if (open == null) {
            return unavailable();
        }
        RaftClientRequest request = request(open)
                .setType(RaftClientRequest.watchRequestType(index, ReplicationLevel.ALL))
                .setMessage(Message.EMPTY) // it is asked for its size
                .build();
        return submit(open, request).thenAccept(RatisGroup::requireSuccess);
    }

    @Override
    public Leadership leadership() {
        Division open = running();
        if (open == null) {
            return Leadership.INACTIVE;
        }
        DivisionInfo info = open.division().getInfo();
        RaftPeerId leader = info.getLeaderId();
        boolean leads = info.isLeader();
        return new Leadership(
                role(info.getCurrentRole(), open.division()),
                info.getCurrentTerm(),
                leader == null ? Leadership.NO_LEADER : RatisPeers.nodeId(leader),
                leads && info.isLeaderReady());
    }

    private static Leadership.Role role(RaftPeerRole role, RaftServer.Division division) {
        return switch (role) {
            case LEADER -> Leadership.Role.LEADER;
            case CANDIDATE -> Leadership.Role.CANDIDATE;
            case FOLLOWER -> ConfiguredRole.hasVote(division) ? Leadership.Role.FOLLOWER : Leadership.Role.LISTENER;
            case LISTENER -> Leadership.Role.LISTENER;
            default -> Leadership.Role.INACTIVE;
        };
    }

    @Override
    public void spreadCommit() {
        Division open = running();
        if (open != null) {
            Heartbeats.toThoseBehind(open.division());
        }
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int nodeId, Duration timeout) {
        Division open = running();
        if (open == null) {
            return unavailable();
        }
        TransferLeadershipRequest request = new TransferLeadershipRequest(
                CLIENT,
                open.division().getId(),
                open.division().getMemberId().getGroupId(),
                CALLS.incrementAndGet(),
                RatisPeers.peerId(nodeId),
                timeout.toMillis());
        return admin(() -> open.division().getRaftServer().transferLeadershipAsync(request))
                .exceptionallyCompose(error -> CompletableFuture.failedFuture(notInTime(error)));
    }

    private static Throwable notInTime(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof TransferLeadershipException ? new TimeoutException(cause.getMessage()) : error;
    }

    @Override
    public CompletableFuture<Void> changeMembers(Members from, Members to) {
        Division open = running();
        if (open == null) {
            return unavailable();
        }
        SetConfigurationRequest request = new SetConfigurationRequest(
                CLIENT,
                open.division().getId(),
                open.division().getMemberId().getGroupId(),
                CALLS.incrementAndGet(),
                SetConfigurationRequest.Arguments.newBuilder()
                        .setServersInCurrentConf(RatisPeers.raftPeers(from.voters(), RaftPeerRole.FOLLOWER))
                        .setListenersInCurrentConf(RatisPeers.raftPeers(from.listeners(), RaftPeerRole.LISTENER))
                        .setServersInNewConf(RatisPeers.raftPeers(to.voters(), RaftPeerRole.FOLLOWER))
                        .setListenersInNewConf(RatisPeers.raftPeers(to.listeners(), RaftPeerRole.LISTENER))
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .build());
        return admin(() -> open.division().getRaftServer().setConfigurationAsync(request));
    }

    private interface AdminCall {
        CompletableFuture<RaftClientReply> send() throws IOException;
    }

    /** Ratis blocks the caller of such requests for a while. */
    private CompletableFuture<Void> admin(AdminCall call) {
        return CompletableFuture.completedFuture(call)
                .thenComposeAsync(
                        c -> {
                            try {
                                return c.send();
                            } catch (IOException e) {
                                return CompletableFuture.failedFuture(e);
                            }
                        },
                        executors.background())
                .thenAccept(RatisGroup::requireSuccess);
    }

    @Override
    public void campaign() {
        Division open = running();
        if (open != null) {
            executors.background().execute(() -> Campaign.begin(open.division()));
        }
    }

    @Override
    public void forget() {
        Division open = running();
        if (open == null) {
            return;
        }
        adapter.hurry();
        SnapshotManagementRequest request = SnapshotManagementRequest.newCreate(
                CLIENT,
                open.division().getId(),
                open.division().getGroup().getGroupId(),
                CALLS.incrementAndGet(),
                FORGET_WITHIN.toMillis(),
                1);
        var unused = open.division().getRaftServer().snapshotManagementAsync(request);
    }

    @Override
    public long firstKept() throws IOException {
        Division open = running();
        // a file is purged from memory before it is from the disk, and may escape a listing while it gets another name
        return open == null ? 0 : Math.min(open.division().getRaftLog().getStartIndex(), files.firstOnDisk());
    }

    @Override
    public GroupStatus status() {
        Division open = running();
        if (open == null) {
            return new GroupStatus(Leadership.INACTIVE, TermIndex.NONE, -1, -1, -1, Map.of());
        }
        RaftServer.Division d = open.division();
        var last = LogEnd.of(d);
        return new GroupStatus(
                leadership(),
                last == null ? TermIndex.NONE : new TermIndex(last.getTerm(), last.getIndex()),
                d.getRaftLog().getFlushIndex(),
                d.getRaftLog().getLastCommittedIndex(),
                d.getInfo().getLastAppliedIndex(),
                matchIndexes(d));
    }

    private static Map<Integer, Long> matchIndexes(RaftServer.Division division) {
        long[] indexes = division.getInfo().getFollowerMatchIndices();
        if (indexes == null) {
            return Map.of();
        }
        Map<Integer, Long> matches = new HashMap<>();
        List<ServerRpcProto> followers =
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
        for (int i = 0; i < Math.min(followers.size(), indexes.length); i++) { // both in the order of the appenders
            matches.put(
                    RatisPeers.nodeId(
                            RaftPeerId.valueOf(followers.get(i).getId().getId())),
                    indexes[i]);
        }
        return matches;
    }

    @Override
    public Members members() {
        Division open = running();
        if (open == null) {
            return new Members(List.of(), List.of());
        }
        RaftConfiguration conf = open.division().getRaftConf();
        return new Members(
                RatisPeers.peers(conf, RaftPeerRole.FOLLOWER), RatisPeers.peers(conf, RaftPeerRole.LISTENER));
    }

    private @Nullable Division running() {
        Division open = division;
        return open == null || failed.get() || open.division().getInfo().getLifeCycleState() != LifeCycle.State.RUNNING
                ? null
                : open;
    }

    private RaftClientRequest.Builder request(Division open) {
        return RaftClientRequest.newBuilder()
                .setClientId(CLIENT)
                .setServerId(open.division().getId())
                .setGroupId(open.division().getMemberId().getGroupId())
                .setCallId(CALLS.incrementAndGet());
    }

    private static CompletableFuture<RaftClientReply> submit(Division open, RaftClientRequest request) {
        try {
            return open.requests().submitClientRequestAsync(request);
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static void requireSuccess(RaftClientReply reply) {
        if (!reply.isSuccess()) {
            throw new CompletionException(reply.getException());
        }
    }

    private <T> CompletableFuture<T> unavailable() {
        return CompletableFuture.failedFuture(
                new IllegalStateException("this node's member of %s is not running".formatted(name)));
    }

    @Override
    public String toString() {
        return name;
    }
}
