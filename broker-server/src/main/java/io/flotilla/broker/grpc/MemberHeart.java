package io.flotilla.broker.grpc;

import io.flotilla.broker.group.GroupCalls;
import io.flotilla.broker.v1.GroupCall;
import io.flotilla.broker.v1.Holding;
import io.flotilla.broker.v1.MemberBeat;
import io.flotilla.broker.v1.MemberState;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import io.flotilla.v1.SubscribeRequest.Subscription;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Speaks for one member to the coordinator of its group: joins, says that it lives and what it holds, and leaves (the
 * client's side of KIP-848). One beat is under way at a time. Owner: the call's serial execution.
 */
final class MemberHeart {
    private static final int JOIN = 0;
    private static final int LEAVE = -1;
    private static final int LEAVE_FOR_A_WHILE = -2;
    private static final long MAX_INTERVAL_MS = 2000;
    private static final long AGAIN_MS = 100;
    private static final Duration JOIN_PATIENCE = Duration.ofSeconds(30);

    private final GroupCalls calls;
    private final MemberTerms terms;
    private final String memberId;
    private final String clientHost;
    private final int rebalanceTimeoutMs;
    private final Serial serial;
    private final ScheduledExecutorService timer;
    private final LongSupplier nanoClock;
    private final Listener listener;

    private Subscription subscription;
    private int epoch = JOIN;
    private long heardAt;
    private boolean beating;
    private boolean again;
    private boolean stopped;
    private boolean sayTerms;
    private @Nullable Holding sayHolding;
    private Future<?> next = CompletableFuture.completedFuture(null);

    /** Told on the call's serial execution. */
    interface Listener {
        /** The coordinator answered a beat. */
        void beaten(MemberState state);

        /** The member is no longer one, or its coordinator is out of reach for longer than the session may last. */
        void lost(FlotillaException why);
    }

    MemberHeart(
            GroupCalls calls,
            MemberTerms terms,
            String memberId,
            String clientHost,
            Duration revokeGrace,
            Serial serial,
            ScheduledExecutorService timer,
            LongSupplier nanoClock,
            Listener listener) {
        this.calls = calls;
        this.terms = terms;
        this.memberId = memberId;
        this.clientHost = clientHost;
        this.rebalanceTimeoutMs = (int) revokeGrace.plusSeconds(5).toMillis();
        this.serial = serial;
        this.timer = timer;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.subscription = terms.join().getSubscription();
    }

    String memberId() {
        return memberId;
    }

    int epoch() {
        return epoch;
    }

    void join() {
        heardAt = nanoClock.getAsLong();
        beat();
    }

    /** Beats once more, as soon as no beat is under way. */
    void beatNow() {
        if (beating) {
            again = true;
        } else {
            beat();
        }
    }

    void subscribe(Subscription to) {
        subscription = to;
        sayTerms = true;
        beatNow();
    }

    void hold(Holding holding) {
        sayHolding = holding;
        beatNow();
    }

    private void beat() {
        if (stopped) {
            return;
        }
        next.cancel(false);
        beating = true;
        again = false;
        MemberBeat.Builder beat = MemberBeat.newBuilder().setMemberEpoch(epoch);
        boolean joins = epoch == JOIN;
        Holding saidHolding = joins ? Holding.getDefaultInstance() : sayHolding;
        boolean saidTerms = joins || sayTerms;
        if (saidTerms) {
            beat.setTerms(terms.toBeat(subscription, rebalanceTimeoutMs));
        }
        if (saidHolding != null) {
            beat.setHolding(saidHolding);
        }
        sayTerms = false;
        sayHolding = null;
        var unused = send(beat)
                .whenComplete((state, error) -> serial.execute(() -> {
                    beating = false;
                    if (stopped) {
                        return;
                    }
                    if (error == null) {
                        beaten(state);
                    } else {
                        sayTerms |= saidTerms;
                        sayHolding = sayHolding == null ? saidHolding : sayHolding;
                        missed(Errors.of(error));
                    }
                }));
    }

    private CompletableFuture<MemberState> send(MemberBeat.Builder beat) {
        return calls.call(GroupCall.newBuilder()
                        .setGroup(terms.group())
                        .setBeat(beat.setMemberId(memberId)
                                .setClientId(terms.join().getClientId())
                                .setClientHost(clientHost)
                                .setSessionTimeoutMs(terms.sessionTimeoutMs())))
                .thenApply(answer -> answer.getMember());
    }

    private void beaten(MemberState state) {
        epoch = state.getMemberEpoch();
        heardAt = nanoClock.getAsLong();
        listener.beaten(state);
        if (!stopped && !beating) {
            beatIn(again ? 0 : Math.min(MAX_INTERVAL_MS, terms.sessionTimeoutMs() / 5));
        }
    }

    private void missed(FlotillaException error) {
        long patience =
                epoch == JOIN ? JOIN_PATIENCE.toNanos() : TimeUnit.MILLISECONDS.toNanos(terms.sessionTimeoutMs());
        if (!isPassing(error) || nanoClock.getAsLong() - heardAt > patience) {
            stop();
            listener.lost(error);
        } else {
            beatIn(AGAIN_MS);
        }
    }

    /** Whether the coordinator may be there again soon. */
    static boolean isPassing(FlotillaException error) {
        return error.code() == ErrorCode.ERROR_CODE_LEADER_UNAVAILABLE
                || error.code() == ErrorCode.ERROR_CODE_NO_QUORUM
                || error.code() == ErrorCode.ERROR_CODE_TIMED_OUT;
    }

    private void beatIn(long ms) {
        if (ms == 0) {
            beat();
        } else {
            next.cancel(false);
            next = timer.schedule(() -> serial.execute(this::beatNow), ms, TimeUnit.MILLISECONDS);
        }
    }

    /** No more beats: without {@link #leave} the member keeps its partitions for the session timeout. */
    void stop() {
        stopped = true;
        next.cancel(false);
    }

    /**
     * Says that the member is gone, once; nothing is beaten afterwards.
     *
     * @param mayReturn a static member that is to find its partitions when it comes back in time
     */
    CompletableFuture<Void> leave(boolean mayReturn) {
        stop();
        if (epoch == JOIN) {
            return CompletableFuture.completedFuture(null);
        }
        return send(MemberBeat.newBuilder()
                        .setMemberEpoch(mayReturn && terms.isStatic() ? LEAVE_FOR_A_WHILE : LEAVE)
                        .setTerms(terms.toBeat(subscription, rebalanceTimeoutMs)))
                .thenApply(state -> null);
    }
}
