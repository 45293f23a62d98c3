package io.flotilla.raft.ratis;

import io.flotilla.raft.FreePorts;
import io.flotilla.raft.GroupId;
import io.flotilla.raft.MemoryMachine;
import io.flotilla.raft.Peer;
import io.flotilla.raft.ProposeResult;
import io.flotilla.raft.RaftConfig;
import io.flotilla.raft.RaftGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Nodes 1 to n in this process, on loopback ports of their own, with one or more groups that all of them are in. */
public final class Trio implements AutoCloseable {
    private final Path directory;
    private final UnaryOperator<RaftConfig> settings;
    private final List<Peer> peers;
    private final @Nullable RatisNode[] nodes;

    public Trio(Path directory, int size) throws IOException {
        this(directory, size, config -> config);
    }

    public Trio(Path directory, int size, UnaryOperator<RaftConfig> settings) throws IOException {
        this.directory = directory;
        this.settings = settings;
        int first = FreePorts.row(size);
        List<Peer> found = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            found.add(new Peer(id, "127.0.0.1", first + id - 1));
        }
        this.peers = List.copyOf(found);
        this.nodes = new RatisNode[size + 1];
        for (int id = 1; id <= size; id++) {
            start(id);
        }
    }

    public static GroupId group(int n) {
        return new GroupId(new UUID(0xF107, n));
    }

    public List<Peer> peers() {
        return peers;
    }

    public RaftConfig config(int id) {
        return settings.apply(RaftConfig.in(directory(id)));
    }

    Path directory(int id) {
        return directory.resolve("node" + id);
    }

    Path raftLog(int id, int group) {
        return directory(id).resolve(group(group).toString()).resolve("current");
    }

    public RatisNode node(int id) {
        RatisNode node = nodes[id];
        if (node == null) {
            throw new IllegalStateException("node %d is not running".formatted(id));
        }
        return node;
    }

    public void start(int id) throws IOException {
        nodes[id] = RatisNode.start(id, config(id), peers.get(id - 1).port(), changed -> {});
    }

    public void stop(int id) {
        node(id).close();
        nodes[id] = null;
    }

    CompletableFuture<RaftGroup> open(int id, int group, MemoryMachine machine) {
        return node(id).open(group(group), "g" + group, peers, false, machine);
    }

    /** The machines of nodes 1 to n, with the group open on all of them. */
    List<MemoryMachine> openOnAll(int group) {
        List<MemoryMachine> machines = new ArrayList<>();
        List<CompletableFuture<RaftGroup>> opening = new ArrayList<>();
        for (Peer peer : peers) {
            MemoryMachine machine = new MemoryMachine();
            machines.add(machine);
            opening.add(open(peer.nodeId(), group, machine));
        }
        opening.forEach(CompletableFuture::join);
        return machines;
    }

    Optional<RaftGroup> member(int id, int group) {
        RatisNode node = nodes[id];
        return node == null ? Optional.empty() : node.group(group(group));
    }

    RaftGroup leader(int group) {
        Await.until("g%d has a leader".formatted(group), () -> findLeader(group).isPresent());
        return findLeader(group).orElseThrow();
    }

    int leaderId(int group) {
        return leader(group).leadership().leaderId();
    }

    private Optional<RaftGroup> findLeader(int group) {
        return Arrays.stream(nodes)
                .filter(java.util.Objects::nonNull)
                .flatMap(n -> n.group(group(group)).stream())
                .filter(g -> g.leadership().leads())
                .findFirst();
    }

    /** Proposes until it is committed; each text is committed once or, if its fate was open, perhaps twice. */
    void commit(int group, String text) {
        Await.until("'%s' is committed in g%d".formatted(text, group), () -> {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            try {
                return leader(group).propose(bytes.clone(), bytes.clone()).join() instanceof ProposeResult.Committed;
            } catch (CompletionException e) {
                return false;
            }
        });
    }

    /** Waits until each of these members of a group has applied so many entries. */
    void awaitApplied(int group, List<MemoryMachine> machines, int entries) {
        Await.until("%d entries are applied in g%d".formatted(entries, group), () -> {
            leader(group).spreadCommit();
            return machines.stream().allMatch(m -> m.applied().size() == entries);
        });
    }

    @Override
    public void close() {
        for (RatisNode node : nodes) {
            if (node != null) {
                node.close();
            }
        }
    }
}
