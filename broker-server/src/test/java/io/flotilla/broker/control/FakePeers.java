package io.flotilla.broker.control;

import io.flotilla.broker.v1.NodeReport;
import io.flotilla.raft.Peer;
import io.flotilla.raft.PeerCalls;
import io.flotilla.raft.PeerMonitor;
import io.flotilla.raft.PeerUnreachableException;
import io.flotilla.raft.RaftConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Nodes that call each other within a test: answered before the call returns, or refused by those that are stopped. */
public final class FakePeers {
    private static final String PING = "ping";

    private final Map<Integer, Map<String, PeerCalls.Handler>> handlers = new ConcurrentHashMap<>();
    private final Set<Integer> stopped = ConcurrentHashMap.newKeySet();
    private final List<Call> calls = new CopyOnWriteArrayList<>();

    /** One call that was made. */
    public record Call(int from, int to, String method) {}

    public static Peer peer(int id) {
        return new Peer(id, "host-" + id, 7401);
    }

    public static List<Peer> peers(Integer... ids) {
        return Arrays.stream(ids).map(FakePeers::peer).toList();
    }

    /** The calls of one node. */
    public PeerCalls at(int id) {
        Map<String, PeerCalls.Handler> own = handlers.computeIfAbsent(id, node -> new ConcurrentHashMap<>());
        return new PeerCalls() {
            @Override
            public void handle(String method, Handler handler) {
                own.put(method, handler);
            }

            @Override
            public CompletableFuture<byte[]> call(Peer peer, String method, byte[] request, Duration timeout) {
                return send(id, peer.nodeId(), method, request);
            }
        };
    }

    private CompletableFuture<byte[]> send(int from, int to, String method, byte[] request) {
        if (!method.equals(PING)) {
            calls.add(new Call(from, to, method));
        }
        if (stopped.contains(to)) {
            return CompletableFuture.failedFuture(new PeerUnreachableException("node %d is gone".formatted(to), true));
        }
        if (method.equals(PING)) {
            return CompletableFuture.completedFuture(request);
        }
        PeerCalls.Handler handler = handlers.getOrDefault(to, Map.of()).get(method);
        return handler == null
                ? CompletableFuture.failedFuture(
                        new PeerUnreachableException("node %d has no %s".formatted(to, method), false))
                : handler.answer(request);
    }

    /** A monitor that has pinged {@code others} once. */
    public PeerMonitor monitor(int id, Integer... others) {
        PeerMonitor monitor = new PeerMonitor(at(id), RaftConfig.in(Path.of("unused")), () -> 0L, changed -> {});
        monitor.watch(peers(others));
        monitor.ping();
        return monitor;
    }

    /** The node that {@code report} is of says so to another. */
    public void report(NodeReport report, int to) {
        at(report.getNodeId())
                .call(peer(to), "report", report.toByteArray(), Duration.ofSeconds(1))
                .join();
    }

    /** The node's process ends. */
    public void stop(int id) {
        stopped.add(id);
    }

    public void start(int id) {
        stopped.remove(id);
    }

    /** Calls so far, without pings. */
    public List<Call> calls() {
        return calls;
    }
}
