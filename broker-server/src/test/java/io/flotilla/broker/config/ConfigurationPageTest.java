package io.flotilla.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.metadata.config.TopicConfigKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fails when the documentation of the settings is stale; with {@code -Dupdate.docs=true} it writes it anew. */
class ConfigurationPageTest {
    private static final Path ROOT = Path.of("..");

    private final ConfigurationPage page = new ConfigurationPage();

    @Test
    void isWhatTheSourcesSay() throws IOException {
        assertUpToDate(ROOT.resolve("docs/configuration.md"), page.markdown());
    }

    @Test
    void isInTheFileToStartFrom() throws IOException {
        assertUpToDate(ROOT.resolve("deploy/config/flotilla.properties"), page.properties());
    }

    @Test
    void hasARowForEverySetting() {
        List<String> rows = page.markdown().lines().toList();

        assertThat(Feature.allKeys().toList())
                .allSatisfy(key -> assertThat(rows).anyMatch(row -> row.startsWith("| `" + key.name())));
        assertThat(Arrays.asList(TopicConfigKey.values()))
                .allSatisfy(key -> assertThat(rows).anyMatch(row -> row.startsWith("| `" + key.key() + "`")));
    }

    @Test
    void keepsTheDefaultsWhenEveryLineOfTheFileIsUsed(@TempDir Path directory) throws Exception {
        String everything = page.properties().replaceAll("(?m)^#(?=[a-z])", "").replaceAll("(?m)^.*NAME=$", "");
        Path file = Files.writeString(directory.resolve("all.properties"), everything);

        LoadedConfig loaded = ConfigLoader.load(List.of(SettingSource.file(file)));

        assertThat(loaded.config()).isEqualTo(BrokerConfig.DEFAULT);
        assertThat(loaded.settings()).extracting(Setting::origin).containsOnly(Origin.file(file));
    }

    private static void assertUpToDate(Path file, String expected) throws IOException {
        if (Boolean.getBoolean("update.docs")) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, expected);
        }
        assertThat(file)
                .as("%s is stale; run this test with -Dupdate.docs=true and commit what it writes", file)
                .content(StandardCharsets.UTF_8)
                .isEqualTo(expected);
    }
}
