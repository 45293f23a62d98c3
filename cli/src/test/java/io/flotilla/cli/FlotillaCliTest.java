package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlotillaCliTest {
    private static final String NOBODY = "127.0.0.1:1";

    @Test
    void suggestsTheCommandThatWasMeant() {
        Run run = Run.of("topci", "list");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("topci").contains("did you mean: topic");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void saysInThreeLinesWhatIsWrong() {
        Run run = Run.of("consume", "web", "--from", "middle");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines()).hasSize(3);
        assertThat(run.err()).contains("'middle' is not a position").contains("next: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"topic", "cluster", "broker", "partition", "log"})
    void asksForAVerbBehindANoun(String noun) {
        assertThat(Run.of(noun).exit()).isEqualTo(2);
    }

    @Test
    void answersProgramsWithOneObjectAlsoWhenItFails() {
        Run run = Run.of("topic", "list", "-b", NOBODY, "--timeout", "300ms", "-o", "json");

        assertThat(run.exit()).isEqualTo(6);
        assertThat(run.out())
                .startsWith("{\n  \"apiVersion\": \"flotilla/v1\",\n  \"kind\": \"Error\",\n  \"items\": [],")
                .contains("\"exitCode\": 6", "\"message\": \"cannot list topics\"");
    }

    @Test
    void answersProgramsWithOneObjectAlsoWhenTheCommandLineIsWrong() {
        Run run = Run.of("topic", "create", "-o", "json");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.out()).contains("\"code\": \"USAGE\"", "\"exitCode\": 2");
    }

    @Test
    void takesGlobalOptionsBeforeAndBehindTheCommand() {
        assertThat(Run.of("-o", "json", "version").out())
                .isEqualTo(Run.of("version", "-o", "json").out());
        assertThat(Run.of("version", "-o", "json").out()).contains("\"kind\": \"Version\"");
    }

    @Test
    void helpsWithEveryCommandAndSucceeds() {
        assertThat(Run.of("--help").out())
                .contains("server", "topic", "produce", "consume", "cluster", "log", "Exit codes:", "10 ");
        assertThat(Run.of("topic", "list", "--help").exit()).isZero();
    }

    @Test
    void namesADirectoryThatIsNotThere(@TempDir Path directory) {
        Run run = Run.of("log", "verify", directory.resolve("none").toString());

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err()).contains("it is no directory");
    }

    @Test
    void checksTheConfigurationOfABrokerWithoutStartingIt(@TempDir Path directory) {
        Run good = Run.of("server", "--data", directory.toString(), "--port", "1", "--check-config");
        Run bad = Run.of("server", "--id", "0", "-X", "fetch.max-wiat=1s", "--check-config");

        assertThat(good.exit()).isZero();
        assertThat(directory).isEmptyDirectory();
        assertThat(bad.exit()).isEqualTo(2);
        assertThat(bad.err()).contains("node.id is '0'", "there is no setting fetch.max-wiat");
    }

    @Test
    void printsEverySettingAndWhereItWasSet() {
        Run run = Run.of(
                "server",
                "--id",
                "7",
                "--initial-voters",
                "7@127.0.0.1:7411,2@127.0.0.1:7421,3@127.0.0.1:7431",
                "-X",
                "drain.timeout=3s",
                "--print-config",
                "-o",
                "ndjson");

        assertThat(run.exit()).isZero();
        assertThat(run.out().lines())
                .contains(
                        "{\"key\":\"node.id\",\"value\":\"7\",\"origin\":\"command line\"}",
                        "{\"key\":\"drain.timeout\",\"value\":\"3s\",\"origin\":\"command line\"}",
                        "{\"key\":\"listener.port\",\"value\":\"7400\",\"origin\":\"default\"}");
    }
}
