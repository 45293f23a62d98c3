package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flotilla.client.Endpoint;
import io.flotilla.raft.Peer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigLoaderTest {
    static Stream<SettingKey> keys() {
        return Feature.allKeys().filter(key -> !key.isFreeForm());
    }

    @Test
    void isTheDefaultsWhenNothingIsSet() throws ConfigException {
        LoadedConfig loaded = ConfigLoader.load(List.of());

        assertThat(loaded.config()).isEqualTo(BrokerConfig.DEFAULT);
        assertThat(loaded.settings()).extracting(Setting::origin).containsOnly(Origin.DEFAULT);
        assertThat(loaded.settings()).hasSameSizeAs(keys().toList());
    }

    @Test
    void readsEveryTypeOfValue() throws ConfigException {
        BrokerConfig config = flags(Map.of(
                        "node.id", "3",
                        "node.data-dir", "/var/lib/flotilla",
                        "node.rack", "zone-a",
                        "node.initial-voters", "1@a:7401, 2@b:7401,3@[::1]:7401",
                        "produce.memory-bytes", "1GiB",
                        "produce.join-bytes", "131072",
                        "listener.insecure", "true",
                        "drain.timeout", "2m"))
                .config();

        assertThat(config.node())
                .isEqualTo(new NodeConfig(
                        3,
                        Path.of("/var/lib/flotilla"),
                        "zone-a",
                        List.of(new Peer(1, "a", 7401), new Peer(2, "b", 7401), new Peer(3, "::1", 7401)),
                        List.of()));
        assertThat(config.produce()).isEqualTo(new ProduceConfig(1 << 30, 16 << 20, 128 << 10, 4));
        assertThat(config.listener().insecure()).isTrue();
        assertThat(config.drain().timeout()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void readsTheBrokersToJoin() throws ConfigException {
        BrokerConfig config = flags(Map.of("node.join", "a:7400,b")).config();

        assertThat(config.node().join()).containsExactly(new Endpoint("a", 7400), new Endpoint("b", 7400));
    }

    @Test
    void takesTheLaterOfTwoSourcesKeyByKey() throws ConfigException {
        LoadedConfig loaded = ConfigLoader.load(List.of(
                SettingSource.environment(Map.of("FLOTILLA_NODE_RACK", "env", "FLOTILLA_NODE_ID", "2")),
                SettingSource.commandLine(Map.of("node.id", "3"))));

        assertThat(loaded.config().node().rack()).isEqualTo("env");
        assertThat(loaded.config().node().id()).isEqualTo(3);
        assertThat(loaded.settings())
                .contains(
                        new Setting("node.rack", "env", Origin.ENVIRONMENT),
                        new Setting("node.id", "3", Origin.COMMAND_LINE),
                        new Setting("node.data-dir", "data", Origin.DEFAULT));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void takesEveryKeyFromTheEnvironment(SettingKey key) throws ConfigException {
        String value = key.format().write(key.defaultValue());

        LoadedConfig loaded =
                ConfigLoader.load(List.of(SettingSource.environment(Map.of(key.environmentName(), value))));

        assertThat(loaded.settings()).contains(new Setting(key.name(), value, Origin.ENVIRONMENT));
    }

    @Test
    void reportsSettingsSuchThatTheyMakeTheSameConfig() throws ConfigException {
        LoadedConfig loaded = flags(Map.of(
                "listener.host", "10.0.0.1",
                "listener.insecure", "true",
                "node.join", "a:1,b:2",
                "raft.peer-silence", "90s",
                "raft.tuning.raft.server.x", "y",
                "fetch.tail-cache-bytes", "12345678"));

        LoadedConfig again = flags(loaded.settings().stream().collect(Collectors.toMap(Setting::key, Setting::value)));

        assertThat(again.config()).isEqualTo(loaded.config());
    }

    @Test
    void keepsFreeFormSettingsByTheirOwnNames() throws ConfigException {
        LoadedConfig loaded = ConfigLoader.load(List.of(
                SettingSource.commandLine(Map.of("raft.tuning.a.b", "1", "raft.tuning.c", "2")),
                SettingSource.commandLine(Map.of("raft.tuning.c", "3"))));

        assertThat(loaded.config().raft().tuning()).isEqualTo(Map.of("a.b", "1", "c", "3"));
        assertThat(loaded.settings()).contains(new Setting("raft.tuning.c", "3", Origin.COMMAND_LINE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "listner.port  | there is no setting listner.port; did you mean listener.port?",
                "port          | there is no setting port; did you mean listener.port?",
                "Node.id       | there is no setting Node.id; did you mean node.id?",
                "segment.bytes | there is no setting segment.bytes; it is a setting of topics, to be set for a topic or"
                        + " for all topics of the cluster",
                "raft.tuning   | there is no setting raft.tuning; write raft.tuning.NAME, in the file or as a flag",
                "raft.tuning.  | there is no setting raft.tuning.; write raft.tuning.NAME, in the file or as a flag"
            })
    void refusesUnknownKeysAndSaysWhatMayBeMeant(String key, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of(key, "1")))
                .withMessage("command line: " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FLOTILLA_LISTNER_PORT   | did you mean FLOTILLA_LISTENER_PORT?",
                "FLOTILLA_RAFT_TUNING_X  | write raft.tuning.NAME, in the file or as a flag",
            })
    void refusesUnknownVariablesAndSaysWhatMayBeMeant(String variable, String message) {
        SettingSource environment = SettingSource.environment(Map.of(variable, "1"));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(List.of(environment)))
                .withMessage("environment: there is no setting %s; %s".formatted(variable, message));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "node.id                     | x          | must be a whole number of at most 2147483647",
                "node.id                     | 3000000000 | must be a whole number of at most 2147483647",
                "node.id                     | 0          | must be 1 to 2147483647",
                "listener.port               | 65536      | must be 0 to 65535",
                "listener.http-port          | -2         | must be -1 to 65535",
                "listener.raft-port          | 7400       | must differ from listener.port",
                "listener.insecure           | yes        | must be true or false",
                "produce.memory-bytes        | 10MB       | must be a number of bytes, such as 65536, 64KiB, 16MiB, 2GiB"
                        + " or 1TiB",
                "produce.memory-bytes        | 1MiB       | must be 8MiB to 1TiB",
                "produce.join-bytes          | 5GiB       | must be a number of bytes below 2GiB, such as 65536, 64KiB or"
                        + " 16MiB",
                "produce.join-bytes          | 5MiB       | must be 1KiB to 4MiB",
                "produce.partition-queue-bytes | 65MiB    | must be at most produce.memory-bytes, 64MiB",
                "topic-defaults.replication-factor | 2    | must be 0, 1, 3 or 5",
                "topic-defaults.partitions   | 10001      | must be 1 to 10000",
                "drain.timeout               | 10         | must be a duration with its unit: ms, s, m, h or d, such as"
                        + " 250ms or 10s",
                "drain.timeout               | 2h         | must be 0ms to 1h",
                "raft.election-timeout-max   | 8s         | must be more than raft.election-timeout-min, 8s",
                "raft.peer-silence           | 300ms      | must be at least twice raft.ping-interval, 200ms",
                "node.initial-voters         | 1@a        | must be id@host:port, several separated by commas",
                "node.join                   | a:b        | must be host:port, several separated by commas",
            })
    void refusesBadValuesWithKeyValueAndWhatIsAllowed(String key, String value, String rule) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of(key, value)))
                .withMessage("command line: %s is '%s'; %s".formatted(key, value, rule));
    }

    @Test
    void blamesTheDefaultThatDoesNotGoWithWhatIsSet() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of("raft.election-timeout-min", "20s")))
                .withMessage("default: raft.election-timeout-max is '16s'; must be more than"
                        + " raft.election-timeout-min, 20s");
    }

    @Test
    void namesOtherKeysInARuleAsTheyAreWritten() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of("node.initial-voters", "2@b:7401")))
                .withMessage("command line: node.initial-voters is '2@b:7401'; must name this broker, node.id=1, too");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of("node.initial-voters", "1@a:7401", "node.join", "b")))
                .withMessageContaining("node.join is 'b'; must not be set together with node.initial-voters:");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of("listener.host", "::", "listener.insecure", "true")))
                .withMessage("default: listener.advertised-host is ''; must be set when listener.host is ::, which"
                        + " others cannot dial");
    }

    @Test
    void namesTheVariableOfABadValue() {
        SettingSource environment = SettingSource.environment(Map.of("FLOTILLA_LISTENER_PORT", "http"));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(List.of(environment)))
                .withMessage("environment: FLOTILLA_LISTENER_PORT is 'http'; must be a whole number of at most"
                        + " 2147483647");
    }

    @Test
    void refusesToBeReachableWithoutProtection() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of("listener.host", "0.0.0.0")))
                .withMessageStartingWith("command line: listener.host is '0.0.0.0'; must be a loopback address")
                .withMessageEndingWith("set listener.insecure=true");
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> flags(Map.of("lsitener.port", "1", "node.id", "x", "fetch.threads", "0")))
                .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines())
                        .hasSize(3)
                        .anyMatch(line -> line.contains("lsitener.port"))
                        .anyMatch(line -> line.contains("node.id"))
                        .anyMatch(line -> line.contains("fetch.threads")));
    }

    private static LoadedConfig flags(Map<String, String> values) throws ConfigException {
        return ConfigLoader.load(List.of(SettingSource.commandLine(values)));
    }
}
