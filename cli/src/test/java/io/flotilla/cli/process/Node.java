package io.flotilla.cli.process;

import io.flotilla.raft.FreePorts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A broker as a process, started with the flags that the documentation shows. Used by one thread. */
public final class Node implements AutoCloseable {
    private static final int PORTS = 3;

    private final Path root;
    private final int id;
    private final int port;
    private final List<String> membership;
    private final Map<String, String> settings;
    private @Nullable JarProcess process;

    // membership: the flags that say how it finds its cluster
    private Node(Path root, int id, int port, List<String> membership, Map<String, String> settings) {
        this.root = root;
        this.id = id;
        this.port = port;
        this.membership = membership;
        this.settings = settings;
    }

    /** Brokers 1 to {@code size}, not started yet, that begin a cluster together. */
    public static List<Node> voters(Path root, int size) {
        return voters(root, size, Map.of());
    }

    /** The same, with these settings. */
    public static List<Node> voters(Path root, int size, Map<String, String> settings) {
        int first = FreePorts.row(size * PORTS);
        List<String> voters = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            voters.add("%d@127.0.0.1:%d".formatted(i + 1, first + i * PORTS + 1));
        }
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            nodes.add(new Node(
                    root, i + 1, first + i * PORTS, List.of("--initial-voters", String.join(",", voters)), settings));
        }
        return nodes;
    }

    /** A broker, not started yet, that asks another one's cluster to take it in. */
    public static Node joining(Path root, int id, Node member) {
        return new Node(root, id, FreePorts.row(PORTS), List.of("--join", member.address()), Map.of());
    }

    public void start() {
        process = JarProcess.start(root, "node-" + id, arguments());
    }

    /** The same by the launcher. */
    public void launch() {
        process = JarProcess.launch(root, "node-" + id, arguments());
    }

    private String[] arguments() {
        List<String> args = new ArrayList<>(List.of(
                "server",
                "--id",
                Integer.toString(id),
                "--data",
                data().toString(),
                "--port",
                Integer.toString(port),
                "--raft-port",
                Integer.toString(port + 1),
                "--http-port",
                Integer.toString(port + 2)));
        args.addAll(membership);
        settings.forEach((key, value) -> args.addAll(List.of("-X", key + "=" + value)));
        return args.toArray(String[]::new);
    }

    public Path data() {
        return root.resolve("data-" + id);
    }

    public int id() {
        return id;
    }

    public int clientPort() {
        return port;
    }

    public int httpPort() {
        return port + 2;
    }

    /** Where it takes clients. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public JarProcess process() {
        return Objects.requireNonNull(process, () -> "node %d was not started".formatted(id));
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }
}
