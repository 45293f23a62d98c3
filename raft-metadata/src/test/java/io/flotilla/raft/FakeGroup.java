package io.flotilla.raft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A member whose leadership, log end and members a test sets, and which counts what is asked of it. */
final class FakeGroup implements RaftGroup {
    private final GroupId id;
    private final List<Members> changes = new ArrayList<>();
    private Leadership leadership = new Leadership(Leadership.Role.FOLLOWER, 1, Leadership.NO_LEADER, false);
    private TermIndex last = TermIndex.NONE;
    private Members members;
    private CompletableFuture<Void> changeResult = CompletableFuture.completedFuture(null);
    private int campaigns;

    FakeGroup(GroupId id, List<Peer> voters) {
        this.id = id;
        this.members = new Members(voters, List.of());
    }

    FakeGroup follows(int leader) {
        return is(Leadership.Role.FOLLOWER, leader);
    }

    FakeGroup leads(int self) {
        leadership = new Leadership(Leadership.Role.LEADER, 1, self, true);
        return this;
    }

    FakeGroup is(Leadership.Role role, int leader) {
        leadership = new Leadership(role, 1, leader, false);
        return this;
    }

    FakeGroup endsAt(long term, long index) {
        last = new TermIndex(term, index);
        return this;
    }

    FakeGroup hasMembers(List<Peer> voters, List<Peer> listeners) {
        members = new Members(voters, listeners);
        return this;
    }

    FakeGroup answersChanges(CompletableFuture<Void> result) {
        changeResult = result;
        return this;
    }

    int campaigns() {
        return campaigns;
    }

    List<Members> changes() {
        return changes;
    }

    @Override
    public GroupId id() {
        return id;
    }

    @Override
    public CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
        throw new UnsupportedOperationException("nothing proposes here");
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public void fail(Throwable cause) {
        throw new UnsupportedOperationException("nothing fails here", cause);
    }

    @Override
    public CompletableFuture<Void> onEveryMember(long index) {
        throw new UnsupportedOperationException("nothing commits here");
    }

    @Override
    public void spreadCommit() {
        throw new UnsupportedOperationException("nothing commits here");
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int nodeId, Duration timeout) {
        throw new UnsupportedOperationException("nothing hands over here");
    }

    @Override
    public CompletableFuture<Void> changeMembers(Members from, Members to) {
        changes.add(to);
        return changeResult;
    }

    @Override
    public void campaign() {
        campaigns++;
    }

    @Override
    public void forget() {}

    @Override
    public long firstKept() {
        return 0;
    }

    @Override
    public GroupStatus status() {
        return new GroupStatus(leadership, last, last.index(), -1, -1, Map.of());
    }

    @Override
    public Members members() {
        return members;
    }

    @Override
    public String toString() {
        return "g";
    }
}
