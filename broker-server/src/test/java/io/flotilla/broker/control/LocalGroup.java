package io.flotilla.broker.control;

import io.flotilla.raft.GroupId;
import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.GroupStatus;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.PayloadStore;
import io.flotilla.raft.Peer;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftGroup;
import io.flotilla.raft.StoredMark;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A member whose peers are made up. What is proposed while it leads is stored and applied before the call returns, or
 * held back until the test commits it or says how it ends.
 */
public final class LocalGroup implements RaftGroup {
    private final GroupId id;
    private final GroupStateMachine machine;
    private final List<Integer> transfers = new ArrayList<>();
    private final Queue<Held> held = new ArrayDeque<>();
    private Leadership leadership = Leadership.INACTIVE;
    private Map<Integer, Long> matches = Map.of();
    private Members members = new Members(List.of(), List.of());
    private Consumer<Members> onMembers = changed -> {};
    private Consumer<Throwable> onFailure = cause -> {};
    private CompletableFuture<Void> transferResult = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> onEveryMember = CompletableFuture.completedFuture(null);
    private boolean holding;
    private long last = -1;

    private record Held(Runnable commit, CompletableFuture<ProposeResult> result) {}

    public LocalGroup(GroupId id, GroupStateMachine machine) {
        this.id = id;
        this.machine = machine;
    }

    /** A member that applies nothing. */
    public static LocalGroup idle(GroupId id) {
        return new LocalGroup(id, new Idle());
    }

    private static final class Idle implements GroupStateMachine {
        @Override
        public PayloadStore payloads() {
            return PayloadStore.NONE;
        }

        @Override
        public StoredMark storedMark() {
            throw new UnsupportedOperationException("nothing is stored here");
        }

        @Override
        public void apply(TermIndex at, byte[] header) {
            // nobody looks
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }

    public LocalGroup leads(int self, long term) {
        return is(new Leadership(Leadership.Role.LEADER, term, self, true));
    }

    public LocalGroup follows(int leader, long term) {
        return is(new Leadership(Leadership.Role.FOLLOWER, term, leader, false));
    }

    public LocalGroup is(Leadership now) {
        leadership = now;
        return this;
    }

    /** How far the others have stored the log. */
    public LocalGroup matches(Map<Integer, Long> indexes) {
        matches = indexes;
        return this;
    }

    public LocalGroup endsAt(long index) {
        last = index;
        return this;
    }

    public LocalGroup has(List<Peer> voters, List<Peer> listeners) {
        members = new Members(voters, listeners);
        return this;
    }

    /** Told each new set of members. */
    public LocalGroup onMembers(Consumer<Members> task) {
        onMembers = task;
        return this;
    }

    /** Told why the member left service. */
    public LocalGroup onFailure(Consumer<Throwable> task) {
        onFailure = task;
        return this;
    }

    public LocalGroup answersTransfers(CompletableFuture<Void> result) {
        transferResult = result;
        return this;
    }

    /** From now on, nothing is committed before {@link #commit} or {@link #end}. */
    public void hold() {
        holding = true;
    }

    public int heldBack() {
        return held.size();
    }

    /** Commits all that was held back. */
    public void commit() {
        holding = false;
        for (Held next = held.poll(); next != null; next = held.poll()) {
            next.commit().run();
        }
    }

    /** Ends what was held back longest. */
    public void end(ProposeResult result) {
        held.remove().result().complete(result);
    }

    /** Whom leadership was handed to. */
    public List<Integer> transfers() {
        return transfers;
    }

    @Override
    public GroupId id() {
        return id;
    }

    @Override
    public CompletableFuture<ProposeResult> propose(byte[] header, byte[] payload, long term) {
        if (!leadership.leads()) {
            return CompletableFuture.completedFuture(new ProposeResult.NotLeader(leadership.leaderId()));
        }
        if (term != ANY_TERM && term != leadership.term()) {
            return CompletableFuture.completedFuture(new ProposeResult.Refused("it is another term"));
        }
        CompletableFuture<ProposeResult> result = new CompletableFuture<>();
        TermIndex at = new TermIndex(leadership.term(), ++last);
        if (payload.length > 0) {
            machine.payloads().write(at, payload);
        }
        Runnable commit = () -> {
            apply(at, header);
            result.complete(new ProposeResult.Committed(at.index()));
        };
        if (holding) {
            held.add(new Held(commit, result));
        } else {
            commit.run();
        }
        return result;
    }

    private void apply(TermIndex at, byte[] header) {
        try {
            machine.payloads().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (header.length == 0) {
            machine.applied(at);
        } else {
            machine.apply(at, header);
        }
    }

    @Override
    public Leadership leadership() {
        return leadership;
    }

    @Override
    public CompletableFuture<Void> onEveryMember(long index) {
        return onEveryMember;
    }

    /** From now on, this tells when every member has what is committed. */
    public void everyMember(CompletableFuture<Void> there) {
        onEveryMember = there;
    }

    @Override
    public void spreadCommit() {
        // there is nobody to tell
    }

    @Override
    public void fail(Throwable cause) {
        onFailure.accept(cause);
        machine.failed(cause);
    }

    @Override
    public CompletableFuture<Void> transferLeadership(int nodeId, Duration timeout) {
        transfers.add(nodeId);
        return transferResult;
    }

    @Override
    public CompletableFuture<Void> changeMembers(Members from, Members to) {
        members = to;
        onMembers.accept(to);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void campaign() {
        throw new UnsupportedOperationException("nobody campaigns here");
    }

    @Override
    public void forget() {}

    @Override
    public long firstKept() {
        return 0;
    }

    @Override
    public GroupStatus status() {
        return new GroupStatus(leadership, new TermIndex(leadership.term(), last), last, last, last, matches);
    }

    @Override
    public Members members() {
        return members;
    }
}
