package io.flotilla.cli.server;

import io.flotilla.broker.Broker;
import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.config.ConfigException;
import io.flotilla.broker.config.ConfigLoader;
import io.flotilla.broker.config.SettingSource;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.text.Words;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Brokers 1 to n of one cluster in this process. Owned by one thread. */
final class DevCluster {
    /** Distance of the ports of one broker to those of the next. */
    static final int PORT_STEP = 10;

    private static final long POLL_MS = 20;

    private final Path root;
    private final int size;
    private final int firstPort;
    private final Map<String, String> settings;
    private final List<Broker> brokers = new ArrayList<>();

    /**
     * A cluster that does not run yet.
     *
     * @param firstPort of the first broker for clients; its others follow, the next broker's are ten further
     */
    DevCluster(Path root, int size, int firstPort, Map<String, String> settings) {
        this.root = root;
        this.size = size;
        this.firstPort = firstPort;
        this.settings = settings;
    }

    /** Starts all brokers and waits until clients can use them. Closes them again if one cannot be started. */
    void start(Broker.Fatal fatal) throws InterruptedException {
        try {
            for (int id = 1; id <= size; id++) {
                brokers.add(BrokerStart.start(config(id), fatal));
            }
            for (Broker broker : brokers) {
                awaitReady(broker);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    // readiness is asked for, as a load balancer does
    private static void awaitReady(Broker broker) throws InterruptedException {
        while (!broker.reasonsAgainst().isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
    }

    private BrokerConfig config(int id) {
        Map<String, String> given = new TreeMap<>();
        given.put("node.id", Integer.toString(id));
        given.put("node.data-dir", root.resolve("broker-" + id).toString());
        given.put("listener.port", Integer.toString(port(id)));
        given.put("listener.raft-port", Integer.toString(port(id) + 1));
        given.put("listener.http-port", Integer.toString(port(id) + 2));
        given.putAll(settings);
        if (size > 1) {
            given.put(
                    "node.initial-voters",
                    ids().mapToObj(voter -> "%d@127.0.0.1:%d".formatted(voter, port(voter) + 1))
                            .collect(Collectors.joining(",")));
        }
        try {
            return ConfigLoader.load(List.of(SettingSource.commandLine(given))).config();
        } catch (ConfigException e) {
            throw new CommandFailure(
                    Problem.usage(
                            "cannot start %d brokers".formatted(size), Words.reason(e), "use --brokers 1, 3 or 5"),
                    e);
        }
    }

    private IntStream ids() {
        return IntStream.rangeClosed(1, size);
    }

    private int port(int id) {
        return firstPort + (id - 1) * PORT_STEP;
    }

    /** Where clients reach the brokers. */
    List<String> addresses() {
        return ids().mapToObj(id -> "127.0.0.1:" + port(id)).toList();
    }

    /** Ends all brokers at once, each in good order. */
    void shutDown() {
        CompletableFuture.allOf(brokers.stream()
                        .map(broker -> CompletableFuture.runAsync(broker::close))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private void close() {
        brokers.forEach(Broker::close);
    }
}
