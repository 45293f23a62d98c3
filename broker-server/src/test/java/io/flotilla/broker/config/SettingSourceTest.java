package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingSourceTest {
    @TempDir
    Path directory;

    @Test
    void readsAFile() throws IOException, ConfigException {
        Path file = file("# ours\nnode.id = 7  \nnode.rack=Zürich\n");

        LoadedConfig loaded = ConfigLoader.load(List.of(SettingSource.file(file)));

        assertThat(loaded.config().node().id()).isEqualTo(7);
        assertThat(loaded.config().node().rack()).isEqualTo("Zürich");
        assertThat(loaded.settings()).contains(new Setting("node.id", "7", Origin.file(file)));
        assertThat(Origin.file(file)).hasToString("file " + file);
    }

    @Test
    void prefersFlagsToTheEnvironmentAndThatToTheFile() throws IOException, ConfigException {
        SettingSource file = SettingSource.file(file("node.rack=file\ndrain.timeout=3s\nlistener.port=1\n"));
        SettingSource environment =
                SettingSource.environment(Map.of("FLOTILLA_LISTENER_PORT", "2", "FLOTILLA_DRAIN_TIMEOUT", "4s"));
        SettingSource flags = SettingSource.commandLine(Map.of("listener.port", "3"));

        BrokerConfig config =
                ConfigLoader.load(List.of(file, environment, flags)).config();

        assertThat(config.node().rack()).isEqualTo("file");
        assertThat(config.drain().timeout()).hasSeconds(4);
        assertThat(config.listener().port()).isEqualTo(3);
        assertThat(config.listener().raftPort()).isEqualTo(7401);
    }

    @Test
    void refusesAFileThatSetsAKeyTwice() throws IOException {
        Path file = file("node.id=1\nnode.rack=a\nnode.id=2\n");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SettingSource.file(file))
                .withMessage("file %s: node.id is set twice; keep one", file);
    }

    @Test
    void saysWhichFileIsMissing() {
        Path file = directory.resolve("none.properties");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SettingSource.file(file))
                .withMessage("file %s: there is no such file", file);
    }

    @Test
    void saysWhichFileCannotBeRead() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SettingSource.file(directory))
                .withMessageStartingWith("file %s: cannot be read: ", directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.rack=\\u12", "node.rack=\u00ff"})
    void refusesAFileThatIsNoProperties(String text) throws IOException {
        Path file = Files.write(directory.resolve("f"), text.getBytes(StandardCharsets.ISO_8859_1));

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> SettingSource.file(file))
                .withMessage("file %s: is not a properties file in UTF-8", file);
    }

    @ParameterizedTest
    @CsvSource({
        "PATH, /bin",
        "FLOTILLA, 1",
        "FLOTILLA_BOOTSTRAP, a:7400",
        "FLOTILLA_JAVA_OPTS, -Xlog:gc",
        "FLOTILLA_PORT, tcp://10.0.0.1:7400",
        "FLOTILLA_SERVICE_HOST, 10.0.0.1",
        "FLOTILLA_SERVICE_PORT_GRPC, 7400",
        "FLOTILLA_PORT_7400_TCP_ADDR, 10.0.0.1",
        "FLOTILLA_LISTENER_PORT, tcp://10.0.0.1:7400",
        "FLOTILLA_HEADLESS_SERVICE_HOST, 10.0.0.1"
    })
    void leavesVariablesOfOthersAlone(String name, String value) throws ConfigException {
        SettingSource environment = SettingSource.environment(Map.of(name, value));

        assertThat(environment.values()).isEmpty();
    }

    @Test
    void claimsNoVariableThatIsLeftToOthers() {
        assertThat(Feature.allKeys().filter(key -> !key.isFreeForm()))
                .allSatisfy(key -> assertThat(SettingSource.environment(Map.of(key.environmentName(), "1"))
                                .values())
                        .hasSize(1));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("flotilla.properties"), text);
    }
}
