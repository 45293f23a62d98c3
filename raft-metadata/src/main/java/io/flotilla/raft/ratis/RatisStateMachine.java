package io.flotilla.raft.ratis;

import io.flotilla.raft.GroupStateMachine;
import io.flotilla.raft.TermIndex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.exceptions.StateMachineException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.LogProtoUtils;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Ratis' calls for one group, turned into calls of a {@link GroupStateMachine}.
 *
 * <p>Owner: {@link #write} and {@link #truncate} come under the lock of the group's Raft log, {@link #flush} from its
 * log worker, {@link #applyTransaction} from its updater. Nothing here throws at Ratis where it would leave the member
 * half alive: whatever fails takes the member out of service.
 */
final class RatisStateMachine extends BaseStateMachine {
    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);

    private final GroupStateMachine machine;
    private final int keptEntries;
    private final LongSupplier currentTerm;
    private final Consumer<Throwable> onFailure;
    private final Beginning log;
    private volatile @Nullable SnapshotInfo startedFrom;
    private volatile @Nullable SnapshotInfo beginning;
    private volatile boolean opened;
    private volatile boolean hurries;
    private long idleUntil; // nothing could be forgotten before this entry; owned by the updater
    private volatile boolean closing;
    private volatile boolean failed;

    /**
     * @param keptEntries see {@link GroupStateMachine#snapshot}
     * @param log of the group
     * @param currentTerm of the member
     * @param onFailure takes the member out of service; quick, may be called more than once
     */
    RatisStateMachine(
            GroupStateMachine machine,
            int keptEntries,
            Beginning log,
            LongSupplier currentTerm,
            Consumer<Throwable> onFailure) {
        this.machine = machine;
        this.log = log;
        this.keptEntries = keptEntries;
        this.currentTerm = currentTerm;
        this.onFailure = onFailure;
    }

    /** Where the Raft log begins. */
    interface Beginning {
        /** What was last remembered, {@link TermIndex#NONE} if nothing ever was. */
        TermIndex remembered() throws IOException;

        /** The last entry up to {@code index} that ends a file, {@link TermIndex#NONE} if there is none. */
        TermIndex fileEndUpTo(long index) throws IOException;

        /** The files up to {@code at} are about to be deleted; durable on return. */
        void remember(TermIndex at) throws IOException;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage storage) throws IOException {
        super.initialize(server, group, storage);
        TermIndex from = machine.startsAfter();
        if (!from.equals(TermIndex.NONE)) {
            SnapshotInfo start = NothingToCopy.of(from);
            startedFrom = start;
            setLastAppliedTermIndex(start.getTermIndex());
        }
    }

    /**
     * While the member starts: up to where effects are kept, from where on it applies. Later: the entry before the first of the
     * log, which a leader has to name to a follower that ends there; else the two would never come together. To Ratis it
     * is a snapshot, which has no files and is never sent to anybody.
     */
    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        SnapshotInfo first = beginning;
        return opened && first != null ? first : startedFrom;
    }

    /** The member has started. */
    void opened() throws IOException {
        TermIndex remembered = log.remembered();
        if (!remembered.equals(TermIndex.NONE)) {
            beginning = NothingToCopy.of(remembered);
        }
        opened = true;
    }

    /** The next look for what can be forgotten is not to be put off. */
    void hurry() {
        hurries = true;
    }

    /** After this Ratis drops files of the log that hold nothing behind what is returned. */
    @Override
    public long takeSnapshot() {
        long applied = getLastAppliedTermIndex().getIndex();
        if (failed || (applied < idleUntil && !hurries)) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        hurries = false;
        try {
            TermIndex end = log.fileEndUpTo(machine.snapshot(keptEntries).index());
            if (end.index() <= Math.max(indexOf(startedFrom), indexOf(beginning))) {
                idleUntil = applied + keptEntries / 2;
                return RaftLog.INVALID_LOG_INDEX; // it never goes back
            }
            log.remember(end);
            beginning = NothingToCopy.of(end);
            return end.index();
        } catch (Throwable t) {
            onFailure.accept(t);
            return RaftLog.INVALID_LOG_INDEX;
        }
    }

    private static long indexOf(@Nullable SnapshotInfo snapshot) {
        return snapshot == null ? TermIndex.NONE.index() : snapshot.getIndex();
    }

    private record NothingToCopy(org.apache.ratis.server.protocol.TermIndex at) implements SnapshotInfo {
        private static NothingToCopy of(TermIndex at) {
            return new NothingToCopy(org.apache.ratis.server.protocol.TermIndex.valueOf(at.term(), at.index()));
        }

        @Override
        public org.apache.ratis.server.protocol.TermIndex getTermIndex() {
            return at;
        }

        @Override
        public List<FileInfo> getFiles() {
            return List.of();
        }
    }

    // ---- into the log

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        Proposal proposal = (Proposal) request.getMessage();
        TransactionContext.Builder transaction = TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(proposal)
                .setLogData(proposal.header());
        if (!proposal.payload().isEmpty()) {
            transaction.setStateMachineData(proposal.payload());
        }
        return transaction.build();
    }

    /** On a follower: without the payload, which would otherwise stay in memory until the entry is applied. */
    @Override
    public TransactionContext startTransaction(LogEntryProto entry, RaftPeerRole role) {
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setLogEntry(LogProtoUtils.removeStateMachineData(entry))
                .setServerRole(role)
                .build();
    }

    /**
     * Under the lock of the member, which holds its term. To throw costs the member its leadership: without that, Ratis
     * would go on counting the proposal against its limits.
     */
    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws StateMachineException {
        if (transaction.getStateMachineContext() instanceof Proposal proposal) {
            long term = currentTerm.getAsLong();
            if (!proposal.mayBeAppendedIn(term)) {
                throw new StateMachineException("what the entry was decided on is over; it is term " + term, true);
            }
            proposal.appendBegins();
        }
        return transaction;
    }

    @Override
    public CompletableFuture<?> write(LogEntryProto entry, TransactionContext transaction) {
        try {
            machine.payloads().write(at(entry), PayloadBytes.unwrap(payload(entry.getStateMachineLogEntry())));
            return CompletableFuture.completedFuture(null);
        } catch (Throwable t) {
            return failed(t);
        }
    }

    /** Whoever hung here while the member was given up must not go on to write headers. */
    @Override
    public CompletableFuture<Void> flush(long index) {
        try {
            machine.payloads().flush();
        } catch (Throwable t) {
            return failed(t);
        }
        return failed
                ? CompletableFuture.failedFuture(new IOException("the member has left service"))
                : CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> truncate(long index) {
        try {
            long stored = machine.storedMark().storedIndex();
            if (index <= stored) {
                throw new IllegalStateException(
                        "a leader has another entry %d, but entries up to %d were committed here"
                                .formatted(index, stored));
            }
            machine.payloads().truncate(index);
            return CompletableFuture.completedFuture(null);
        } catch (Throwable t) {
            return failed(t);
        }
    }

    @Override
    public CompletableFuture<ByteString> read(LogEntryProto entry, @Nullable TransactionContext transaction) {
        try {
            ByteString inFlight = transaction == null ? ByteString.EMPTY : payloadInFlight(transaction);
            return CompletableFuture.completedFuture(
                    inFlight.isEmpty() ? PayloadBytes.wrap(machine.payloads().read(entry.getIndex())) : inFlight);
        } catch (Throwable t) {
            return failed(t);
        }
    }

    // ---- out of the log

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        byte[] header = PayloadBytes.unwrap(entry.getStateMachineLogEntry().getLogData());
        settle(at(entry), header.length == 0 ? machine::applied : at -> machine.apply(at, header));
        return APPLIED;
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        settle(new TermIndex(term, index), machine::applied);
    }

    /**
     * Ratis counts nothing as committed here that it has not flushed here, and cuts nothing that is committed: what is
     * applied is stored, and stays. If applying fails, Ratis closes the member.
     */
    private void settle(TermIndex at, Consumer<TermIndex> apply) {
        try {
            apply.accept(at);
            machine.storedMark().confirm(at.index());
        } catch (IOException e) {
            onFailure.accept(e);
            throw new UncheckedIOException(e);
        } catch (Throwable t) {
            onFailure.accept(t);
            throw t;
        }
        updateLastAppliedTermIndex(at.term(), at.index());
    }

    /**
     * A leader whose log is whole sends it from its start if it is told that there is no snapshot. Where that is no longer
     * possible the member is stopped and gets what it lacks in another way; until then Ratis is told nothing.
     */
    @Override
    public CompletableFuture<org.apache.ratis.server.protocol.TermIndex> notifyInstallSnapshotFromLeader(
            RoleInfoProto role, org.apache.ratis.server.protocol.TermIndex firstInLog) {
        if (firstInLog.getIndex() <= 0) {
            return CompletableFuture.completedFuture(null);
        }
        machine.behind(new TermIndex(firstInLog.getTerm(), firstInLog.getIndex()));
        return new CompletableFuture<>();
    }

    // ---- leadership and life

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        machine.leadershipChanged();
    }

    @Override
    public void notifyLeaderReady() {
        machine.leadershipChanged();
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        machine.leadershipChanged();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto failedEntry) {
        onFailure.accept(cause);
    }

    /** The member is about to be closed by us, which is no failure. */
    void expectClose() {
        closing = true;
    }

    /** The member has failed: nothing more gets into its log, even if what hung comes back. */
    void giveUp() {
        failed = true;
        closing = true;
    }

    @Override
    public void close() {
        if (!closing) {
            onFailure.accept(new IllegalStateException("the Raft library closed the member"));
        }
    }

    private <T> CompletableFuture<T> failed(Throwable t) {
        onFailure.accept(t);
        return CompletableFuture.failedFuture(t);
    }

    private static TermIndex at(LogEntryProto entry) {
        return new TermIndex(entry.getTerm(), entry.getIndex());
    }

    private static ByteString payload(StateMachineLogEntryProto entry) {
        return entry.getStateMachineEntry().getStateMachineData();
    }

    private static ByteString payloadInFlight(TransactionContext transaction) {
        StateMachineLogEntryProto entry = transaction.getStateMachineLogEntry();
        return entry == null ? ByteString.EMPTY : payload(entry);
    }
}
