package io.flotilla.junit;

import io.flotilla.broker.Broker;
import io.flotilla.broker.config.BrokerConfig;
import io.flotilla.broker.config.ConfigException;
import io.flotilla.broker.config.ConfigLoader;
import io.flotilla.broker.config.SettingSource;
import io.flotilla.broker.storage.UnusableDirectoryException;
import io.flotilla.client.ClientConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker in this process, alone in its cluster, with data in a temporary directory that is gone when it is closed.
 * Everything is real: records are forced to disk, and clients connect over the loopback address. Safe for any thread.
 */
public final class FlotillaBroker implements AutoCloseable {
    private static final int ATTEMPTS = 5;
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final Path directory;
    private final Broker broker;
    private @Nullable FlotillaClient client; // guarded by this

    private FlotillaBroker(Path directory, Broker broker) {
        this.directory = directory;
        this.broker = broker;
    }

    /**
     * Starts a broker and waits until it takes clients.
     *
     * @param settings by key, as in the broker's configuration
     * @throws IllegalArgumentException if there is no such setting, or a value is against its rule; says which
     * @throws UncheckedIOException if the disk or the ports cannot be used
     * @throws IllegalStateException if it is not ready within a minute; says why not
     */
    public static FlotillaBroker start(Map<String, String> settings) {
        try {
            FlotillaBroker started = startOnFreePorts(settings);
            started.awaitReady();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("the broker cannot be started: " + e.getMessage(), e);
        }
    }

    /** With the settings a test wants: the broker's own, but for ports and directory. */
    public static FlotillaBroker start() {
        return start(Map.of());
    }

    private static FlotillaBroker startOnFreePorts(Map<String, String> settings) throws IOException {
        IOException taken = new IOException("no free ports");
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Path directory = Files.createTempDirectory("flotilla-test-");
            try {
                return new FlotillaBroker(directory, Broker.start(config(directory, settings), reason -> {}));
            } catch (IllegalArgumentException e) {
                delete(directory);
                throw e;
            } catch (IOException e) {
                delete(directory);
                taken = e; // another process may have taken a port
            } catch (UnusableDirectoryException e) {
                throw new IllegalStateException("a new directory is another broker's", e);
            }
        }
        throw taken;
    }

    private static BrokerConfig config(Path directory, Map<String, String> settings) throws IOException {
        int raftPort = FreePorts.find(1).get(0);
        Map<String, String> given = new HashMap<>(Map.of("listener.port", "0", "listener.http-port", "-1"));
        given.putAll(settings);
        given.put("node.id", "1");
        given.put("node.data-dir", directory.toString());
        given.put("node.initial-voters", "1@127.0.0.1:" + raftPort);
        given.put("listener.raft-port", Integer.toString(raftPort));
        try {
            return ConfigLoader.load(List.of(SettingSource.commandLine(given))).config();
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void awaitReady() {
        long end = System.nanoTime() + READY_WITHIN.toNanos();
        for (List<String> reasons = broker.reasonsAgainst(); !reasons.isEmpty(); reasons = broker.reasonsAgainst()) {
            if (System.nanoTime() > end) {
                close();
                throw new IllegalStateException(
                        "the broker is not ready after %s: %s".formatted(READY_WITHIN, reasons));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Where it takes clients: {@code 127.0.0.1:port}. */
    public String bootstrap() {
        return "127.0.0.1:" + port();
    }

    /** Where it takes clients. */
    public int port() {
        return broker.clientPort();
    }

    /** A client of it, always the same, closed with it. */
    public synchronized FlotillaClient client() {
        if (client == null) {
            client = FlotillaClient.connect(ClientConfig.of(bootstrap()));
        }
        return client;
    }

    /** Makes a topic and waits until it can be used. */
    public void createTopic(String name, int partitions) {
        Topic unused = FlotillaClient.join(client().admin()
                .createTopic(CreateTopicRequest.newBuilder()
                        .setTopic(Topic.newBuilder().setName(name).setPartitionCount(partitions))
                        .build()));
    }

    /** Where its data is until it is closed. */
    public Path directory() {
        return directory;
    }

    /** Closes the client, then the broker, and deletes its data. */
    @Override
    public void close() {
        synchronized (this) {
            if (client != null) {
                client.close();
                client = null;
            }
        }
        broker.close();
        delete(directory);
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
