package io.flotilla.broker.fleet;

import static org.assertj.core.api.Assertions.fail;

import io.flotilla.broker.Broker;
import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.config.ConfigException;
import io.flotilla.broker.config.ConfigLoader;
import io.flotilla.broker.config.SettingSource;
import io.flotilla.broker.storage.UnusableDirectoryException;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.raft.FreePorts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Brokers 1 to n of one cluster, all voters, each with its directory below one root. Used by one thread. */
public final class Fleet implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int PORTS = 3;

    private final Path root;
    private final Map<String, String> settings;
    private final Map<Integer, Integer> ports = new HashMap<>();
    private final Map<Integer, Broker> running = new TreeMap<>();
    private final List<String> fatal = new ArrayList<>();
    private final int size;

    private Fleet(Path root, int size, Map<String, String> settings) {
        this.root = root;
        this.size = size;
        this.settings = Map.copyOf(settings);
        for (int id = 1; id <= size; id++) {
            ports.put(id, FreePorts.row(PORTS));
        }
    }

    /** Starts all brokers and waits until they are ready. */
    public static Fleet start(Path root, int size, Map<String, String> settings) throws Exception {
        Fleet fleet = new Fleet(root, size, settings);
        try {
            for (int id = 1; id <= size; id++) {
                fleet.start(id);
            }
            fleet.awaitReady();
            return fleet;
        } catch (Throwable e) {
            fleet.close();
            throw e;
        }
    }

    public static Fleet start(Path root, int size) throws Exception {
        return start(root, size, Map.of());
    }

    /** Starts one of the first voters, for the first time or again. */
    public void start(int id) throws IOException, UnusableDirectoryException, ConfigException {
        Map<String, String> given = own(id);
        given.put("node.initial-voters", voters());
        running.put(id, Broker.start(config(given), reason -> fatal.add(reason)));
    }

    /** Starts a broker that asks the cluster to take it in. */
    public void join(int id) throws IOException, UnusableDirectoryException, ConfigException {
        ports.computeIfAbsent(id, key -> FreePorts.row(PORTS));
        Map<String, String> given = own(id);
        given.put("node.join", bootstrap());
        running.put(id, Broker.start(config(given), reason -> fatal.add(reason)));
    }

    private Map<String, String> own(int id) {
        Map<String, String> given = new HashMap<>(settings);
        given.put("node.id", Integer.toString(id));
        given.put("node.data-dir", directory(id).toString());
        given.put("listener.port", Integer.toString(clientPort(id)));
        given.put("listener.raft-port", Integer.toString(raftPort(id)));
        given.put("listener.http-port", Integer.toString(httpPort(id)));
        return given;
    }

    private static BrokerConfig config(Map<String, String> given) throws ConfigException {
        return ConfigLoader.load(List.of(SettingSource.commandLine(given))).config();
    }

    private String voters() {
        return ports.keySet().stream()
                .filter(id -> id <= size)
                .sorted()
                .map(id -> "%d@127.0.0.1:%d".formatted(id, raftPort(id)))
                .collect(Collectors.joining(","));
    }

    /** Where the running brokers take clients. */
    public String bootstrap() {
        return running.keySet().stream()
                .map(id -> "127.0.0.1:" + clientPort(id))
                .collect(Collectors.joining(","));
    }

    public Path directory(int id) {
        return root.resolve("node-" + id);
    }

    public int clientPort(int id) {
        return port(id, 0);
    }

    public int raftPort(int id) {
        return port(id, 1);
    }

    public int httpPort(int id) {
        return port(id, 2);
    }

    private int port(int id, int which) {
        return Objects.requireNonNull(ports.get(id), () -> "broker %d has no ports".formatted(id)) + which;
    }

    public Broker broker(int id) {
        return Objects.requireNonNull(running.get(id), () -> "broker %d is not running".formatted(id));
    }

    /** A client that knows all running brokers. */
    public FlotillaClient client() {
        return FlotillaClient.connect(ClientConfig.of(bootstrap()));
    }

    /** A client that knows one broker only. */
    public FlotillaClient clientOf(int id) {
        return FlotillaClient.connect(ClientConfig.of("127.0.0.1:" + clientPort(id)));
    }

    public void awaitReady() {
        running.forEach((id, broker) -> await(
                () -> "broker %d is ready, but %s %s".formatted(id, broker.reasonsAgainst(), fatal),
                () -> broker.reasonsAgainst().isEmpty()));
    }

    /** Without any handover, as far as a process can do this to itself. */
    public void close(int id) {
        Broker broker = broker(id);
        running.remove(id);
        broker.close();
    }

    /** As on SIGTERM. */
    public void shutDown(int id) {
        Broker broker = broker(id);
        running.remove(id);
        broker.shutDown();
    }

    /** Why brokers ended themselves. */
    public List<String> fatal() {
        return fatal;
    }

    public static void await(String what, BooleanSupplier condition) {
        await(() -> what, condition);
    }

    private static void await(Supplier<String> what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not within %s: %s", DEADLINE, what.get());
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Override
    public void close() {
        running.values().forEach(Broker::close);
        running.clear();
    }
}
