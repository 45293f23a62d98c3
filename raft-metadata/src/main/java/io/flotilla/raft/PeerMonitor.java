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
 * <p>Owner: each node's entry is changed only by the completion of its own pings, of which one is under way at a time.
 * {@link #ping} is called by one timer thread.
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

    /** @param onChange told the id of a node that came or went; quick */
    public PeerMonitor(PeerCalls calls, RaftConfig config, LongSupplier nanoClock, IntConsumer onChange) {
        this.calls = calls;
        this.timeout = config.peerSilence();
        this.silenceNanos = config.peerSilence().toNanos();
        this.nanoClock = nanoClock;
        this.onChange = onChange;
        calls.handle(METHOD, request -> java.util.concurrent.CompletableFuture.completedFuture(request));
    }

    private static final class Watched {
        private volatile Peer peer;
        private volatile State state = State.UNKNOWN;
        private volatile boolean pinging;
        private volatile long lastAnswerNanos;

        Watched(Peer peer, long now) {
            this.peer = peer;
            this.lastAnswerNanos = now;
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

    public void forget(int nodeId) {
        watched.remove(nodeId);
    }

    /** Whether the node answered lately. */
    public boolean alive(int nodeId) {
        Watched node = watched.get(nodeId);
        return node != null && node.state == State.ALIVE;
    }

    /** Whether the node is known to have gone; false while nothing is known. */
    public boolean down(int nodeId) {
        Watched node = watched.get(nodeId);
        return node != null && node.state == State.DOWN;
    }

    /** Sends the pings that are due and notices silence. */
    public void ping() {
        long now = nanoClock.getAsLong();
        watched.forEach((id, node) -> {
            if (node.state != State.DOWN && now - node.lastAnswerNanos > silenceNanos) {
                change(id, node, State.DOWN, "silent");
            }
            if (!node.pinging) {
                node.pinging = true;
                var unused = calls.call(node.peer, METHOD, new byte[0], timeout).whenComplete((answer, error) -> {
                    node.pinging = false;
                    heard(id, node, error);
                });
            }
        });
    }

    private void heard(int id, Watched node, @Nullable Throwable error) {
        if (error == null) {
            node.lastAnswerNanos = nanoClock.getAsLong();
            change(id, node, State.ALIVE, "answers");
        } else if (error instanceof PeerUnreachableException unreachable && unreachable.refused()) {
            change(id, node, State.DOWN, "refuses connections");
        }
    }

    private void change(int id, Watched node, State state, String why) {
        if (node.state != state) {
            log.info("node {} peer={} why={}", state == State.ALIVE ? "is up" : "is down", node.peer, why);
            node.state = state;
            onChange.accept(id);
        }
    }
}
