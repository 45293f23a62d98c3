package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.LogConfig;
import io.flotilla.raft.RaftConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokerConfigTest {
    @Test
    void hasTheDocumentedDefaults() {
        BrokerConfig expected = new BrokerConfig(
                new NodeConfig(1, Path.of("data"), "", List.of(), List.of()),
                new ListenerConfig("127.0.0.1", "", 7400, 7401, 7402, false),
                new ProduceConfig(67_108_864, 16_777_216, 1_048_576, 4),
                new FetchConfig(67_108_864, 4, 1000),
                new GroupConfig(8, 10_000, 10_000, Duration.ofSeconds(30)),
                new LogSettings(Duration.ofSeconds(1), Duration.ofMinutes(5)),
                new TopicDefaults(1, 0),
                new StorageConfig(67_108_864),
                new CatchUpConfig(100 << 20),
                new CompactionSettings(Duration.ofSeconds(15), 100 << 20, 32 << 20),
                new LeadershipConfig(Duration.ofSeconds(10)),
                new DrainConfig(Duration.ofSeconds(10)),
                new RaftSettings(
                        Duration.ofSeconds(8),
                        Duration.ofSeconds(16),
                        Duration.ofMillis(200),
                        Duration.ofSeconds(2),
                        10_000,
                        Map.of()));

        assertThat(BrokerConfig.DEFAULT).isEqualTo(expected);
    }

    @Test
    void agreesWithTheDefaultsOfTheModulesItSets() {
        RaftConfig raft = RaftConfig.in(Path.of("unused"));

        assertThat(RaftSettings.DEFAULT)
                .isEqualTo(new RaftSettings(
                        raft.electionTimeoutMin(),
                        raft.electionTimeoutMax(),
                        raft.pingInterval(),
                        raft.peerSilence(),
                        raft.keptEntries(),
                        raft.tuning()));
        assertThat(ListenerConfig.DEFAULT.host()).isEqualTo(raft.listenHost());
        assertThat(LogSettings.DEFAULT.markInterval()).isEqualTo(LogConfig.DEFAULT.markInterval());
    }

    @Test
    void namesEachKeyAndEachVariableOnce() {
        assertThat(Feature.allKeys().map(SettingKey::name)).doesNotHaveDuplicates();
        assertThat(Feature.allKeys().map(SettingKey::environmentName)).doesNotHaveDuplicates();
    }

    @Test
    void makesKeysOfThePathInTheRecords() {
        assertThat(Feature.allKeys().map(SettingKey::name))
                .contains("node.id", "listener.http-port", "topic-defaults.replication-factor", "raft.tuning");
        assertThat(Feature.allKeys().map(SettingKey::environmentName))
                .contains("FLOTILLA_LISTENER_HTTP_PORT", "FLOTILLA_PRODUCE_MAX_IN_FLIGHT_ENTRIES");
    }
}
