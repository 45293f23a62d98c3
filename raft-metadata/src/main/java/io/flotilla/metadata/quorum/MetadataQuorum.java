package io.flotilla.metadata.quorum;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.flotilla.metadata.MetadataCodec;
import io.flotilla.metadata.MetadataCommand;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.v1.quorum.ProposeRequest;
import io.flotilla.metadata.v1.quorum.ProposeResponse;
import io.flotilla.raft.Leadership;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerUnreachableException;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftGroup;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The door to the metadata: read the image, listen to changes, propose commands. Any broker may propose; one that does
 * not lead the group passes the command on to the leader. Safe for use by any thread.
 */
public final class MetadataQuorum {
    private static final String PROPOSE = "metadata.propose";
    private static final byte[] BARRIER = {};
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(50);

    private final MetadataStateMachine machine;
    private final PeerCalls calls;
    private final LongSupplier nanoClock;
    private final SharedRound barriers;
    private volatile RaftGroup group;

    public MetadataQuorum(RaftGroup group, MetadataStateMachine machine, PeerCalls calls, LongSupplier nanoClock) {
        this.group = group;
        this.machine = machine;
        this.calls = calls;
        this.nanoClock = nanoClock;
        this.barriers = new SharedRound(() ->
                propose(BARRIER, nanoClock.getAsLong() + CALL_TIMEOUT.toNanos()).thenAccept(reached -> {}));
        calls.handle(PROPOSE, this::answerPropose);
    }

    /** The group was stopped, and is open again. */
    public void opened(RaftGroup again) {
        group = again;
    }

    /** As of the last change that has reached this broker. */
    public MetadataImage image() {
        return machine.image();
    }

    public void listen(MetadataListener listener) {
        machine.listen(listener);
    }

    public Leadership leadership() {
        return group.leadership();
    }

    public RaftGroup.Members members() {
        return group.members();
    }

    /** Keeps the other members up to date, if this one leads; to be called several times a second. */
    public void tend() {
        group.spreadCommit();
    }

    /**
     * Completes when the image here holds every change made before the call. Fails with {@link
     * MetadataUnavailableException} if the group has no leader that can be reached. However often it is called, one entry
     * at a time is written for it.
     */
    public CompletableFuture<Void> catchUp() {
        return barriers.join();
    }

    /**
     * Proposes {@code command} and completes once it is applied here, with what became of it. Fails with {@link
     * MetadataUnavailableException} if no leader takes it within {@code patience}, or its fate is open or not known here.
     */
    public CompletableFuture<MetadataResult> propose(MetadataCommand command, Duration patience) {
        return propose(MetadataCodec.encode(command), nanoClock.getAsLong() + patience.toNanos());
    }

    private CompletableFuture<MetadataResult> propose(byte[] command, long deadlineNanos) {
        return attempt(command).thenCompose(response -> switch (response.getOutcomeCase()) {
            case DONE -> applied(response.getDone(), command != BARRIER, deadlineNanos);
            case UNKNOWN ->
                command == BARRIER
                        ? again(command, deadlineNanos, response.getUnknown())
                        : unavailable(response.getUnknown(), true);
            case NOT_LEADER, OUTCOME_NOT_SET ->
                again(command, deadlineNanos, "the metadata group has no leader that can be reached");
        });
    }

    /** Only of what had no effect, or may have it twice. */
    private CompletableFuture<MetadataResult> again(byte[] command, long deadlineNanos, String why) {
        return nanoClock.getAsLong() < deadlineNanos
                ? CompletableFuture.supplyAsync(() -> command, later())
                        .thenCompose(again -> propose(again, deadlineNanos))
                : unavailable(why, false);
    }

    /** Also here, so that whoever changed something sees it; waits no longer than its patience. */
    private CompletableFuture<MetadataResult> applied(ProposeResponse.Done done, boolean changed, long deadlineNanos) {
        long nanosLeft = Math.max(0, deadlineNanos - nanoClock.getAsLong());
        return machine.reached(done.getIndex())
                .orTimeout(nanosLeft, TimeUnit.NANOSECONDS)
                .handle((reached, error) -> error)
                .thenCompose(error -> error == null
                        ? CompletableFuture.completedFuture(result(done))
                        : unavailable("what was agreed is not known here yet: " + error, changed));
    }

    private static Executor later() {
        return CompletableFuture.delayedExecutor(RETRY_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static <T> CompletableFuture<T> unavailable(String why, boolean ambiguous) {
        return CompletableFuture.failedFuture(new MetadataUnavailableException(why, ambiguous));
    }

    private MetadataResult result(ProposeResponse.Done done) {
        return done.getRefusedCode().isEmpty()
                ? new MetadataResult.Applied(machine.image())
                : new MetadataResult.Refused(
                        MetadataResult.Code.valueOf(done.getRefusedCode()), done.getRefusedMessage());
    }

    private CompletableFuture<ProposeResponse> attempt(byte[] command) {
        Leadership leadership = group.leadership();
        if (leadership.leads()) {
            return proposeHere(command);
        }
        Optional<Peer> leader = peer(leadership.leaderId());
        if (leader.isEmpty() || leadership.role() == Leadership.Role.LEADER) {
            return CompletableFuture.completedFuture(notLeader(leadership.leaderId()));
        }
        byte[] request = ProposeRequest.newBuilder()
                .setCommand(ByteString.copyFrom(command))
                .build()
                .toByteArray();
        return calls.call(leader.get(), PROPOSE, request, CALL_TIMEOUT)
                .handle((bytes, error) -> parse(bytes, error, leader.get()));
    }

    /** A call that broke off may have been answered on the other side. */
    private static ProposeResponse parse(byte @Nullable [] bytes, @Nullable Throwable error, Peer leader) {
        if (error instanceof PeerUnreachableException unreachable && unreachable.refused()) {
            return notLeader(Leadership.NO_LEADER);
        }
        try {
            return error != null
                    ? ProposeResponse.newBuilder()
                            .setUnknown("no answer from the metadata leader %s: %s".formatted(leader, error))
                            .build()
                    : ProposeResponse.parseFrom(Objects.requireNonNull(bytes));
        } catch (InvalidProtocolBufferException e) {
            return ProposeResponse.newBuilder()
                    .setUnknown("the metadata leader %s gave an answer that cannot be read".formatted(leader))
                    .build();
        }
    }

    private Optional<Peer> peer(int nodeId) {
        return group.members().voters().stream()
                .filter(p -> p.nodeId() == nodeId)
                .findFirst();
    }

    private CompletableFuture<ProposeResponse> proposeHere(byte[] command) {
        return group.propose(command, new byte[0]).thenApply(outcome -> {
            if (outcome instanceof ProposeResult.Committed committed) {
                group.spreadCommit();
                return done(committed.index());
            } else if (outcome instanceof ProposeResult.NotLeader elsewhere) {
                return notLeader(elsewhere.leaderId());
            } else if (outcome instanceof ProposeResult.Refused) {
                return notLeader(Leadership.NO_LEADER);
            }
            return ProposeResponse.newBuilder()
                    .setUnknown(((ProposeResult.Unknown) outcome).reason())
                    .build();
        });
    }

    private ProposeResponse done(long index) {
        ProposeResponse.Done.Builder done = ProposeResponse.Done.newBuilder().setIndex(index);
        if (machine.resultAt(index) instanceof MetadataResult.Refused refused) {
            done.setRefusedCode(refused.code().name()).setRefusedMessage(refused.message());
        }
        return ProposeResponse.newBuilder().setDone(done).build();
    }

    private static ProposeResponse notLeader(int leaderId) {
        ProposeResponse.NotLeader.Builder notLeader = ProposeResponse.NotLeader.newBuilder();
        if (leaderId != Leadership.NO_LEADER) {
            notLeader.setLeaderId(leaderId);
        }
        return ProposeResponse.newBuilder().setNotLeader(notLeader).build();
    }

    private CompletableFuture<byte[]> answerPropose(byte[] request) {
        try {
            byte[] command = ProposeRequest.parseFrom(request).getCommand().toByteArray();
            if (command.length > 0) {
                MetadataCodec.decodeCommand(command); // a command nobody can read must not get into the log
            }
            Leadership leadership = group.leadership();
            return (leadership.leads()
                            ? proposeHere(command)
                            : CompletableFuture.completedFuture(notLeader(leadership.leaderId())))
                    .thenApply(ProposeResponse::toByteArray);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
