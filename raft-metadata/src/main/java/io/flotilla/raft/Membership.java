package io.flotilla.raft;

import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.raft.v1.MembershipRequest;
import io.flotilla.raft.v1.MembershipRequest.Change;
import io.flotilla.raft.v1.MembershipResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes a node out of a group and in again, on request of that node: how a member that has lost part of its log comes
 * back. While it is out, the others cannot count on a vote it has forgotten; when it is in again, it has caught up
 * first. The change itself is made by the group's leader, one step at a time.
 */
public final class Membership {
    private static final String METHOD = "membership";
    private static final Duration CHANGE_WITHIN = Duration.ofMinutes(2);

    private final PeerCalls calls;
    private final Function<GroupId, Optional<RaftGroup>> groups;

    public Membership(PeerCalls calls, Function<GroupId, Optional<RaftGroup>> groups) {
        this.calls = calls;
        this.groups = groups;
        calls.handle(METHOD, this::answer);
    }

    /** Asks for {@code self} to be taken out; done at once if it is not in. */
    public CompletableFuture<Void> leave(GroupId id, Peer self, Collection<Peer> members) {
        return ask(request(id, self, Change.CHANGE_REMOVE), others(self, members));
    }

    /** Asks for {@code self} to be taken in; done when it has caught up. */
    public CompletableFuture<Void> enter(GroupId id, Peer self, Collection<Peer> members, boolean voter) {
        return ask(
                request(id, self, voter ? Change.CHANGE_ADD_VOTER : Change.CHANGE_ADD_LISTENER), others(self, members));
    }

    private static MembershipRequest request(GroupId id, Peer self, Change change) {
        return MembershipRequest.newBuilder()
                .setGroup(PeerCodec.bytes(id))
                .setPeer(self.toString())
                .setChange(change)
                .build();
    }

    private static List<Peer> others(Peer self, Collection<Peer> members) {
        return members.stream().filter(p -> p.nodeId() != self.nodeId()).toList();
    }

    private CompletableFuture<Void> ask(MembershipRequest request, List<Peer> members) {
        return ask(request, members, new ArrayDeque<>(members), new HashSet<>(), new ArrayList<>());
    }

    private CompletableFuture<Void> ask(
            MembershipRequest request, List<Peer> members, Deque<Peer> next, Set<Peer> asked, List<String> answers) {
        Peer peer = next.poll();
        if (peer == null) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    "no leader took the change of %s: %s".formatted(request.getPeer(), answers)));
        }
        if (!asked.add(peer)) {
            return ask(request, members, next, asked, answers);
        }
        return calls.call(peer, METHOD, request.toByteArray(), CHANGE_WITHIN)
                .handle((bytes, error) -> parse(bytes, error, answers))
                .thenCompose(response -> {
                    if (response.getNotLeader()) {
                        members.stream()
                                .filter(p -> response.hasLeaderId() && p.nodeId() == response.getLeaderId())
                                .forEach(next::addFirst);
                        return ask(request, members, next, asked, answers);
                    }
                    return response.getFailure().isEmpty()
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(new IllegalStateException(response.getFailure()));
                });
    }

    private static MembershipResponse parse(byte[] bytes, @Nullable Throwable error, List<String> answers) {
        if (error != null) {
            answers.add(String.valueOf(error.getMessage()));
            return MembershipResponse.newBuilder().setNotLeader(true).build();
        }
        try {
            return MembershipResponse.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new CompletionException(e);
        }
    }

    private CompletableFuture<byte[]> answer(byte[] bytes) {
        MembershipRequest request;
        GroupId id;
        Peer peer;
        try {
            request = MembershipRequest.parseFrom(bytes);
            id = PeerCodec.groupId(request.getGroup());
            peer = Peer.parse(request.getPeer());
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
        Optional<RaftGroup> group = groups.apply(id);
        if (group.isEmpty() || !group.get().leadership().leads()) {
            MembershipResponse.Builder notLeader =
                    MembershipResponse.newBuilder().setNotLeader(true);
            group.map(g -> g.leadership().leaderId())
                    .filter(leader -> leader != Leadership.NO_LEADER)
                    .ifPresent(notLeader::setLeaderId);
            return CompletableFuture.completedFuture(notLeader.build().toByteArray());
        }
        return change(group.get(), peer, request.getChange())
                .handle((done, error) -> MembershipResponse.newBuilder()
                        .setFailure(error == null ? "" : String.valueOf(error.getMessage()))
                        .build()
                        .toByteArray());
    }

    private static CompletableFuture<Void> change(RaftGroup group, Peer peer, Change change) {
        RaftGroup.Members from = group.members();
        Predicate<Peer> other = p -> p.nodeId() != peer.nodeId();
        List<Peer> voters = new ArrayList<>(from.voters().stream().filter(other).toList());
        List<Peer> listeners =
                new ArrayList<>(from.listeners().stream().filter(other).toList());
        switch (change) {
            case CHANGE_REMOVE -> {
                if (voters.isEmpty()) {
                    return CompletableFuture.failedFuture(
                            new IllegalStateException("%s is the only voter of %s".formatted(peer, group)));
                }
            }
            case CHANGE_ADD_VOTER -> voters.add(peer);
            case CHANGE_ADD_LISTENER -> listeners.add(peer);
            case CHANGE_UNSPECIFIED, UNRECOGNIZED -> {
                return CompletableFuture.failedFuture(new IllegalArgumentException("unknown change " + change));
            }
        }
        RaftGroup.Members to = new RaftGroup.Members(voters, listeners);
        return to.equals(from) ? CompletableFuture.completedFuture(null) : group.changeMembers(from, to);
    }
}
