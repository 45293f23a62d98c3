package io.flotilla.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.raft.v1.Resigned;
import io.flotilla.raft.v1.Standing;
import io.flotilla.raft.v1.StandingRequest;
import io.flotilla.raft.v1.StandingResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives groups without a leader one, without waiting for election timeouts: new groups, groups that have just started,
 * and groups whose leader's node is down or has left service. The members that can be reached compare their logs, and
 * the one that can win stands for election; of equals, the first in the group's order of preference. No vote is ever
 * given here: this only decides who asks for votes, and when.
 *
 * <p>A leader that any reachable member still follows and reaches is left alone, so that one bad link unseats nobody.
 *
 * <p>Owner: {@link #tick} runs on one timer thread; answers are worked on by the threads that bring them and touch only
 * the concurrent maps.
 */
public final class LeaderWatch {
    private static final Logger log = LoggerFactory.getLogger(LeaderWatch.class);
    private static final String STANDING = "standing";
    private static final String RESIGNED = "resigned";
    private static final Duration ANSWER_WITHIN = Duration.ofMillis(500);
    private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long RESIGNATION_NANOS = Duration.ofSeconds(10).toNanos();

    private final int nodeId;
    private final Supplier<? extends Collection<? extends Watched>> groups;
    private final PeerCalls calls;
    private final PeerMonitor monitor;
    private final LongSupplier nanoClock;
    private final ConcurrentMap<GroupId, Long> lastCampaignNanos = new ConcurrentHashMap<>();
    private final ConcurrentMap<GroupId, Resignation> resignations = new ConcurrentHashMap<>();
    private volatile boolean asking;

    /** A group that may need a leader. */
    public interface Watched {
        RaftGroup group();

        /** Those who may lead, the preferred first. */
        List<Peer> preference();
    }

    private record Resignation(int nodeId, long atNanos) {}

    /** @param voters of the group as last agreed, this node among them, the preferred first */
    private record Candidacy(RaftGroup group, List<Peer> voters) {}

    public LeaderWatch(
            int nodeId,
            Supplier<? extends Collection<? extends Watched>> groups,
            PeerCalls calls,
            PeerMonitor monitor,
            LongSupplier nanoClock) {
        this.nodeId = nodeId;
        this.groups = groups;
        this.calls = calls;
        this.monitor = monitor;
        this.nanoClock = nanoClock;
        calls.handle(STANDING, this::answerStanding);
        calls.handle(RESIGNED, this::hearResigned);
    }

    /** Looks for groups without a leader and starts to ask about them; returns at once. */
    public void tick() {
        if (asking) {
            return;
        }
        List<Candidacy> leaderless = new ArrayList<>();
        for (Watched watched : groups.get()) {
            if (isLeaderless(watched.group())) {
                candidacy(watched).ifPresent(leaderless::add);
            }
        }
        if (!leaderless.isEmpty()) {
            asking = true;
            var unused = ask(leaderless).whenComplete((done, error) -> {
                asking = false;
                if (error != null) {
                    log.warn("cannot look after groups without a leader", error);
                }
            });
        }
    }

    /** Tells the other members at once that this node no longer leads. */
    public void resign(Watched watched) {
        byte[] message = Resigned.newBuilder()
                .setNodeId(nodeId)
                .addGroups(PeerCodec.bytes(watched.group().id()))
                .build()
                .toByteArray();
        for (Peer peer : watched.preference()) {
            if (peer.nodeId() != nodeId) {
                var unused = calls.call(peer, RESIGNED, message, ANSWER_WITHIN); // else they find out by themselves
            }
        }
    }

    private boolean isLeaderless(RaftGroup group) {
        Leadership leadership = group.leadership();
        if (leadership.role() != Leadership.Role.FOLLOWER) {
            return false;
        }
        Long last = lastCampaignNanos.get(group.id());
        if (last != null && nanoClock.getAsLong() - last < RETRY_NANOS) {
            return false;
        }
        return leadership.leaderId() == Leadership.NO_LEADER || isGone(group.id(), leadership.leaderId());
    }

    private boolean isGone(GroupId group, int leader) {
        if (monitor.down(leader)) {
            return true;
        }
        Resignation resignation = resignations.get(group);
        return resignation != null
                && resignation.nodeId() == leader
                && nanoClock.getAsLong() - resignation.atNanos() < RESIGNATION_NANOS;
    }

    /** Empty if this node has no vote there: it has been taken out, or waits to be taken in. */
    private Optional<Candidacy> candidacy(Watched watched) {
        List<Integer> order = watched.preference().stream().map(Peer::nodeId).toList();
        List<Peer> voters = watched.group().members().voters().stream()
                .sorted(Comparator.comparingInt(
                        voter -> order.contains(voter.nodeId()) ? order.indexOf(voter.nodeId()) : order.size()))
                .toList();
        return voters.stream().anyMatch(voter -> voter.nodeId() == nodeId)
                ? Optional.of(new Candidacy(watched.group(), voters))
                : Optional.empty();
    }

    private CompletableFuture<Void> ask(List<Candidacy> leaderless) {
        Map<Peer, List<GroupId>> byPeer = new LinkedHashMap<>();
        for (Candidacy candidacy : leaderless) {
            for (Peer peer : candidacy.voters()) {
                if (peer.nodeId() != nodeId && !monitor.down(peer.nodeId())) {
                    byPeer.computeIfAbsent(peer, p -> new ArrayList<>())
                            .add(candidacy.group().id());
                }
            }
        }
        Map<GroupId, Map<Integer, Standing>> answers = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        byPeer.forEach((peer, ids) ->
                asked.add(calls.call(peer, STANDING, PeerCodec.standingRequest(ids), ANSWER_WITHIN)
                        .handle((bytes, error) -> {
                            if (error == null) {
                                note(peer.nodeId(), ids, bytes, answers);
                            }
                            return null;
                        })));
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).thenRun(() -> {
            for (Candidacy candidacy : leaderless) {
                decide(candidacy, answers.getOrDefault(candidacy.group().id(), Map.of()));
            }
        });
    }

    private static void note(int peer, List<GroupId> ids, byte[] bytes, Map<GroupId, Map<Integer, Standing>> answers) {
        try {
            StandingResponse response = StandingResponse.parseFrom(bytes);
            for (int i = 0; i < Math.min(ids.size(), response.getStandingsCount()); i++) {
                if (response.getStandings(i).getPresent()) {
                    answers.computeIfAbsent(ids.get(i), id -> new ConcurrentHashMap<>())
                            .put(peer, response.getStandings(i));
                }
            }
        } catch (InvalidProtocolBufferException e) {
            log.warn("node {} answered with something else than its standing", peer, e);
        }
    }

    private void decide(Candidacy candidacy, Map<Integer, Standing> others) {
        RaftGroup group = candidacy.group();
        if (!isLeaderless(group)) {
            return;
        }
        for (Standing other : others.values()) {
            boolean followsSomeoneElse = other.hasLiveLeaderId() && !others.containsKey(other.getLiveLeaderId());
            if (other.getLeader()
                    || other.getCandidate()
                    || (followsSomeoneElse && other.getLiveLeaderId() != nodeId)) {
                return; // there is a leader, or soon will be; it will be heard of
            }
        }
        if (2 * (others.size() + 1) <= candidacy.voters().size()) {
            return; // nobody can win
        }
        TermIndex mine = group.status().last();
        for (Peer peer : candidacy.voters()) {
            Standing other = others.get(peer.nodeId());
            if (other != null) {
                int order = new TermIndex(other.getLastTerm(), other.getLastIndex()).compareTo(mine);
                boolean preferred = order == 0 && isBefore(peer.nodeId(), candidacy.voters());
                if (order > 0 || preferred) {
                    return; // that one will stand
                }
            }
        }
        lastCampaignNanos.put(group.id(), nanoClock.getAsLong());
        log.info("standing for election group={} last={}", group, mine);
        RaftMetrics.CAMPAIGNS.increment();
        group.campaign();
    }

    private boolean isBefore(int other, List<Peer> voters) {
        for (Peer peer : voters) {
            if (peer.nodeId() == other) {
                return true;
            }
            if (peer.nodeId() == nodeId) {
                return false;
            }
        }
        return false;
    }

    private CompletableFuture<byte[]> answerStanding(byte[] request) {
        Map<GroupId, RaftGroup> present = new HashMap<>();
        for (Watched watched : groups.get()) {
            present.put(watched.group().id(), watched.group());
        }
        StandingResponse.Builder response = StandingResponse.newBuilder();
        try {
            for (var id : StandingRequest.parseFrom(request).getGroupsList()) {
                response.addStandings(standing(present.get(PeerCodec.groupId(id))));
            }
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
        return CompletableFuture.completedFuture(response.build().toByteArray());
    }

    private Standing standing(@Nullable RaftGroup group) {
        if (group == null) {
            return Standing.getDefaultInstance();
        }
        Leadership leadership = group.leadership();
        if (leadership.role() == Leadership.Role.INACTIVE || leadership.role() == Leadership.Role.LISTENER) {
            return Standing.getDefaultInstance();
        }
        TermIndex last = group.status().last();
        Standing.Builder standing = Standing.newBuilder()
                .setPresent(true)
                .setLeader(leadership.role() == Leadership.Role.LEADER)
                .setCandidate(leadership.role() == Leadership.Role.CANDIDATE)
                .setTerm(leadership.term())
                .setLastTerm(last.term())
                .setLastIndex(last.index());
        int leader = leadership.leaderId();
        if (leader != Leadership.NO_LEADER
                && leader != nodeId
                && monitor.alive(leader)
                && !isGone(group.id(), leader)) {
            standing.setLiveLeaderId(leader);
        }
        return standing.build();
    }

    private CompletableFuture<byte[]> hearResigned(byte[] message) {
        try {
            Resigned resigned = Resigned.parseFrom(message);
            for (var id : resigned.getGroupsList()) {
                resignations.put(PeerCodec.groupId(id), new Resignation(resigned.getNodeId(), nanoClock.getAsLong()));
            }
        } catch (InvalidProtocolBufferException e) {
            return CompletableFuture.failedFuture(e);
        }
        return CompletableFuture.completedFuture(new byte[0]);
    }

    /** Forgets a group that is gone from this node. */
    public void forget(GroupId id) {
        lastCampaignNanos.remove(id);
        resignations.remove(id);
    }
}
