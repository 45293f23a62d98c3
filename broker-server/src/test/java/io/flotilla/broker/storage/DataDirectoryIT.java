package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.broker.Broker;
import io.flotilla.broker.config.ConfigLoader;
import io.flotilla.broker.config.SettingSource;
import io.flotilla.broker.fleet.Fleet;
import io.flotilla.raft.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A broker that must not start here says what is wrong, why, and what to do. */
class DataDirectoryIT {
    @TempDir
    Path root;

    private final List<String> fatal = new ArrayList<>();

    private Broker start(Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(Map.of(
                "node.id", "1",
                "node.data-dir", root.resolve("data").toString(),
                "listener.port", Integer.toString(FreePorts.row(1)),
                "listener.raft-port", Integer.toString(FreePorts.row(1)),
                "listener.http-port", "-1"));
        all.putAll(settings);
        return Broker.start(
                ConfigLoader.load(List.of(SettingSource.commandLine(all))).config(), fatal::add);
    }

    @Test
    void aDirectoryOfAnotherBrokerIsRefused() throws Exception {
        start(Map.of()).close();

        assertThatThrownBy(() -> start(Map.of("node.id", "2")))
                .isInstanceOf(UnusableDirectoryException.class)
                .hasMessageContaining(root.resolve("data").toString())
                .hasMessageContaining("belongs to broker 1, not 2")
                .hasMessageContaining("--id 1");
    }

    @Test
    void aDirectoryInUseIsRefused() throws Exception {
        try (Broker first = start(Map.of())) {
            assertThatThrownBy(() -> start(Map.of()))
                    .isInstanceOf(UnusableDirectoryException.class)
                    .hasMessageContaining("in use by another process")
                    .hasMessageContaining("--data");
            Fleet.await("the first goes on", () -> first.reasonsAgainst().isEmpty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"listener.port", "listener.raft-port", "listener.http-port"})
    void aPortInUseIsNamedAndTheDirectoryIsFreeAgain(String setting) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());

            assertThatThrownBy(() -> start(Map.of(setting, port)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(port)
                    .hasMessageContaining("in use");
        }
        try (Broker broker = start(Map.of())) {
            Fleet.await("it starts elsewhere", () -> broker.reasonsAgainst().isEmpty());
        }
    }

    @Test
    void aDirectoryOfAnotherClusterIsRefusedByTheClusterItIsToJoin() throws Exception {
        try (Broker alone = start(Map.of("node.id", "7"))) {
            Fleet.await("it is a cluster", () -> alone.reasonsAgainst().isEmpty());
        }
        try (Fleet other = Fleet.start(root.resolve("other"), 1);
                Broker stray = start(Map.of("node.id", "7", "node.join", other.bootstrap()))) {
            Fleet.await("it is told", () -> !fatal.isEmpty());
            assertThat(fatal.get(0)).contains("broker 7 has data of cluster").contains("empty data directory");
            assertThat(other.broker(1).reasonsAgainst()).isEmpty();
            assertThat(stray.clientPort()).isPositive();
        }
    }

    @Test
    void filesThatAreNoDataDirectoryAreLeftAlone() throws Exception {
        Path precious = Files.createDirectories(root.resolve("data")).resolve("thesis.tex");
        Files.writeString(precious, "all of it");

        assertThatThrownBy(() -> start(Map.of()))
                .isInstanceOf(UnusableDirectoryException.class)
                .hasMessageContaining("thesis.tex")
                .hasMessageContaining("empty --data");
        assertThat(precious).hasContent("all of it");
    }

    @Test
    void aDirectoryThatSaysNonsenseAboutItselfIsRefusedAndLeftAsItIs() throws Exception {
        start(Map.of()).close();
        Path identity = root.resolve("data").resolve("node.properties");
        String torn = Files.readString(identity).substring(0, 40);
        Files.writeString(identity, torn);

        assertThatThrownBy(() -> start(Map.of()))
                .isInstanceOf(UnusableDirectoryException.class)
                .hasMessageContaining("node.properties")
                .hasMessageContaining("damaged");
        assertThat(identity).hasContent(torn);
    }
}
