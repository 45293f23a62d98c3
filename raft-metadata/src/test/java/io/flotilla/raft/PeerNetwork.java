package io.flotilla.raft;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Calls between nodes within a test. A call is answered before it returns, fails as refused if the callee is gone, and
 * stays open if the link between the two is cut.
 */
final class PeerNetwork {
    private final Map<Integer, Map<String, PeerCalls.Handler>> nodes = new HashMap<>();
    private final Set<Link> cut = new HashSet<>();
    private int calls;

    private record Link(int from, int to) {}

    static Peer peer(int id) {
        return new Peer(id, "host" + id, 1000 + id);
    }

    PeerCalls node(int id) {
        Map<String, PeerCalls.Handler> handlers = new HashMap<>();
        nodes.put(id, handlers);
        return new PeerCalls() {
            @Override
            public void handle(String method, Handler handler) {
                handlers.put(method, handler);
            }

            @Override
            public CompletableFuture<byte[]> call(Peer peer, String method, byte[] request, Duration timeout) {
                return send(id, peer.nodeId(), method, request);
            }
        };
    }

    private CompletableFuture<byte[]> send(int from, int to, String method, byte[] request) {
        calls++;
        if (cut.contains(new Link(from, to))) {
            return new CompletableFuture<>();
        }
        Map<String, PeerCalls.Handler> handlers = nodes.get(to);
        PeerCalls.Handler handler = handlers == null ? null : handlers.get(method);
        return handler == null
                ? CompletableFuture.failedFuture(new PeerUnreachableException(to + " is gone", handlers == null))
                : handler.answer(request);
    }

    /** The node's process is gone: who calls it is refused. */
    void kill(int id) {
        nodes.remove(id);
    }

    /** Nothing gets from one to the other, either way, and nobody is told. */
    void cut(int one, int other) {
        cut.add(new Link(one, other));
        cut.add(new Link(other, one));
    }

    void heal() {
        cut.clear();
    }

    /** Calls made so far. */
    int calls() {
        return calls;
    }
}
