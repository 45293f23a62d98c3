package io.flotilla.broker.control;

import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;

/**
 * A time that is not ahead of the true one because one clock is: the earliest of what the wall clock says, what it said when
 * this process started plus the time that has passed since, and what the other brokers that answer have by the same rule.
 * Safe for any thread.
 */
public final class AgreedTime {
    private static final String METHOD = "clock";
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(2);

    private final PeerCalls calls;
    private final IntPredicate alive;
    private final InstantSource clock;
    private final LongSupplier nanoClock;
    private final long startMs;
    private final long startNanos;

    /** @param alive whether the broker with this id seems to be up; others are not asked */
    public AgreedTime(PeerCalls calls, IntPredicate alive, InstantSource clock, LongSupplier nanoClock) {
        this.calls = calls;
        this.alive = alive;
        this.clock = clock;
        this.nanoClock = nanoClock;
        this.startMs = clock.millis();
        this.startNanos = nanoClock.getAsLong();
        calls.handle(
                METHOD,
                request -> CompletableFuture.completedFuture(
                        ByteBuffer.allocate(Long.BYTES).putLong(own()).array()));
    }

    /** Milliseconds since 1970 by this broker alone. */
    private long own() {
        long passed = Duration.ofNanos(nanoClock.getAsLong() - startNanos).toMillis();
        return Math.min(clock.millis(), startMs + passed);
    }

    /** Milliseconds since 1970; {@code others} that do not answer have no say. */
    public CompletableFuture<Long> now(List<Peer> others) {
        CompletableFuture<Long> earliest = CompletableFuture.completedFuture(own());
        for (Peer other : others) {
            if (alive.test(other.nodeId())) {
                earliest = earliest.thenCombine(ask(other), Math::min);
            }
        }
        return earliest;
    }

    private CompletableFuture<Long> ask(Peer peer) {
        return calls.call(peer, METHOD, new byte[0], ANSWER_WITHIN)
                .thenApply(answer -> ByteBuffer.wrap(answer).getLong())
                .exceptionally(error -> Long.MAX_VALUE);
    }
}
