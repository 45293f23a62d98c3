package io.flotilla.raft;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which other nodes answer. One small ping per node, however many groups they share: a node whose process is gone
 * refuses the connection and is taken for dead at the next ping; one that is only silent gets a grace of {@link
 * RaftConfig#peerSilence()}.
 *
 * <pre>
 *             answer                     refused, or silent too long
 *   UNKNOWN ---------> ALIVE ------------------------------------------> DOWN
 *                        ^                        answer                   |
 *                        +-------------------------------------------------+
 * </pre>
 *
 * <p>Owner: {@link #ping} is called by one timer thread; answers come on threads of the calls. To each node one ping is under
 * way at a time.
 */
public final class PeerMonitor {
    private static final Logger log = LoggerFactory.getLogger(PeerMonitor.class);
    private static final String METHOD = "ping";

    private final PeerCalls calls;
    private final Duration timeout;
    private final long silenceNanos;
    private final LongSupplier nanoClock;
    private final IntConsumer onChange;
    private final ConcurrentMap<Integer, Watched> watched = new ConcurrentHashMap<>();
    private long lastPingNanos; // of the timer thread

    /** @param onChange told the id of a node that came or went; quick */
    public PeerMonitor(PeerCalls calls, RaftConfig config, LongSupplier nanoClock, IntConsumer onChange) {
        this.calls = calls;
        this.timeout = config.peerSilence();
        this.silenceNanos = config.peerSilence().toNanos();
        this.nanoClock = nanoClock;
        this.onChange = onChange;
        this.lastPingNanos = nanoClock.getAsLong();
        calls.handle(METHOD, request -> java.util.concurrent.CompletableFuture.completedFuture(request));
    }

    /** One node; its lock guards all but the address. */
    private static final class Watched {
        private volatile Peer peer;
        private State state = State.UNKNOWN;
        private boolean pinging;
        private long lastAnswerNanos;

        Watched(Peer peer, long now) {
            this.peer = peer;
            this.lastAnswerNanos = now;
        }

        synchronized boolean is(State other) {
            return state == other;
        }

        /** Whether to ping now. */
        synchronized boolean beginPing() {
            boolean begins = !pinging;
            pinging = true;
            return begins;
        }

        /** Whether the answer changes the state. */
        synchronized boolean answered(long now) {
            pinging = false;
            lastAnswerNanos = now;
            return change(State.ALIVE);
        }

        synchronized boolean unanswered(boolean refused) {
            pinging = false;
            return refused && change(State.DOWN);
        }

        synchronized void forgive(long now) {
            lastAnswerNanos = now;
        }

        synchronized boolean silentFor(long nanos, long now) {
            return now - lastAnswerNanos > nanos && change(State.DOWN);
        }

        private boolean change(State to) {
            boolean changes = state != to;
            state = to;
            return changes;
        }
    }

    private enum State {
        UNKNOWN,
        ALIVE,
        DOWN
    }

    /** Keeps an eye on these nodes too; a node that moved is looked for at its new address. */
    public void watch(Collection<Peer> peers) {
        for (Peer peer : peers) {
            watched.computeIfAbsent(peer.nodeId(), id -> new Watched(peer, nanoClock.getAsLong())).peer = peer;
        }
    }

    /** Whether the node answered lately. */
    public boolean alive(int nodeId) {
        Watched node = watched.get(nodeId);
        return node != null && node.is(State.ALIVE);
    }

    /** Whether the node is known to have gone; false while nothing is known. */
    public boolean down(int nodeId) {
        Watched node = watched.get(nodeId);
        return node != null && node.is(State.DOWN);
    }

    /** Sends the pings that are due and notices silence. To be called several times within the time of a silence. */
    public void ping() {
        long now = nanoClock.getAsLong();
        if (now - lastPingNanos > silenceNanos / 2) {
            watched.values().forEach(node -> node.forgive(now)); // this process stood still, it did not listen
        }
        lastPingNanos = now;
        watched.forEach((id, node) -> {
            if (node.silentFor(silenceNanos, now)) {
                tell(id, node, "is down", "silent");
            }
            if (node.beginPing()) {
                var unused = calls.call(node.peer, METHOD, new byte[0], timeout)
                        .whenComplete((answer, error) -> heard(id, node, error));
            }
        });
    }

    private void heard(int id, Watched node, @Nullable Throwable error) {
        if (error == null) {
            if (node.answered(nanoClock.getAsLong())) {
                tell(id, node, "is up", "answers");
            }
        } else if (node.unanswered(error instanceof PeerUnreachableException unreachable && unreachable.refused())) {
            tell(id, node, "is down", "refuses connections");
        }
    }

    private void tell(int id, Watched node, String what, String why) {
        log.info("node {} peer={} why={}", what, node.peer, why);
        onChange.accept(id);
    }
}
