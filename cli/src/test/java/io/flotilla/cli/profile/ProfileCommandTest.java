package io.flotilla.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProfileCommandTest {
    @TempDir
    private Path home;

    private final Map<String, String> environment = new HashMap<>();

    private Run flotilla(String... args) {
        environment.put("XDG_CONFIG_HOME", home.toString());
        return Run.in(environment, args);
    }

    private Run created(String name, String... settings) {
        String[] args = new String[3 + 2 * settings.length];
        args[0] = "profile";
        args[1] = "create";
        args[2] = name;
        for (int i = 0; i < settings.length; i++) {
            args[3 + 2 * i] = "--set";
            args[4 + 2 * i] = settings[i];
        }
        return flotilla(args);
    }

    @Test
    void keepsProfilesInAFileThatPeopleCanRead() throws IOException {
        created("prod", "timeout=10s", "bootstrap=10.0.0.1:7400,10.0.0.2:7400");
        created("dev", "output=json");

        Run used = flotilla("profile", "use", "prod");

        assertThat(used.exit()).isZero();
        assertThat(Files.readString(home.resolve("flotilla/profiles.properties")))
                .isEqualTo("""
                # profiles of the command flotilla; see flotilla profile --help
                current=prod
                dev.output=json
                prod.bootstrap=10.0.0.1:7400,10.0.0.2:7400
                prod.timeout=10s
                """);
        assertThat(flotilla("profile", "list", "-o", "tsv").out())
                .isEqualTo("dev\t\t\tjson\t\nprod\tyes\t10.0.0.1:7400,10.0.0.2:7400\t\t10s\n");
    }

    @Test
    void anOptionCountsMoreThanTheEnvironmentThatMoreThanTheProfileAndThatMoreThanTheDefault() {
        created("prod", "output=json");
        created("other", "output=yaml");
        assertThat(flotilla("version").out()).startsWith("FLOTILLA");

        flotilla("profile", "use", "prod");

        assertThat(flotilla("version").out()).startsWith("{");
        assertThat(flotilla("version", "-p", "other").out()).startsWith("apiVersion");
        assertThat(flotilla("--profile=other", "version").out()).startsWith("apiVersion");
        environment.put("FLOTILLA_PROFILE", "other");
        assertThat(flotilla("version").out()).startsWith("apiVersion");
        environment.put("FLOTILLA_OUTPUT", "ndjson");
        assertThat(flotilla("version").out()).startsWith("{\"version\"");
        assertThat(flotilla("version", "-o", "table").out()).startsWith("FLOTILLA");
    }

    @Test
    void saysWhereEachSettingComesFrom() {
        created("prod", "bootstrap=10.0.0.1:7400");
        flotilla("profile", "use", "prod");
        environment.put("FLOTILLA_TIMEOUT", "7s");

        assertThat(flotilla("profile", "show", "-o", "tsv").out()).isEqualTo("""
                bootstrap\t10.0.0.1:7400\tprofile prod
                output\ttable\tdefault
                timeout\t7s\t$FLOTILLA_TIMEOUT
                """);
    }

    @Test
    void aProfileThatIsDeletedIsNotUsedAnyMore() {
        created("prod", "output=json");
        flotilla("profile", "use", "prod");

        Run deleted = flotilla("profile", "delete", "prod");

        assertThat(deleted.exit()).isZero();
        assertThat(flotilla("version").out()).startsWith("FLOTILLA");
        assertThat(flotilla("profile", "list", "-o", "name").out()).isEmpty();
    }

    @Test
    void keepsThemBelowTheHomeDirectoryUnlessToldOtherwise() {
        Map<String, String> onlyHome = Map.of("HOME", home.toString());

        Run created = Run.in(onlyHome, "profile", "create", "prod", "--set", "output=json");
        Run homeless = Run.in(Map.of(), "profile", "create", "prod", "--set", "output=json");

        assertThat(created.exit()).isZero();
        assertThat(home.resolve(".config/flotilla/profiles.properties")).exists();
        assertThat(homeless.exit()).isEqualTo(2);
        assertThat(homeless.err()).contains("set HOME or XDG_CONFIG_HOME");
    }

    @Test
    void refusesWhatIsNoProfile() {
        created("prod", "output=json");

        assertThat(created("prod", "output=yaml").exit()).isEqualTo(5);
        assertThat(created("a.b", "output=yaml").err()).contains("'a.b' is no name for a profile");
        assertThat(created("x", "colour=red").err())
                .contains("there is no setting colour; there are bootstrap, output, timeout");
        assertThat(created("x", "timeout=soon").err()).contains("'soon' is not a duration");
        assertThat(flotilla("profile", "use", "none").exit()).isEqualTo(3);
        assertThat(flotilla("profile", "show", "none").exit()).isEqualTo(3);
        assertThat(flotilla("profile", "delete", "none").exit()).isEqualTo(3);
    }

    @Test
    void noCommandButThoseAboutProfilesGoesByOneThatIsNotThere() {
        Run version = flotilla("version", "-p", "none");

        assertThat(version.exit()).isEqualTo(2);
        assertThat(version.err().lines()).hasSize(3);
        assertThat(version.err()).contains("cannot go by profile none");
        assertThat(flotilla("profile", "list", "-p", "none").exit()).isZero();
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        Files.createDirectories(home.resolve("flotilla"));
        Files.writeString(home.resolve("flotilla/profiles.properties"), "what is this\n");

        Run run = flotilla("version");

        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("profiles.properties", "'what is this' is not PROFILE.KEY=VALUE");
    }
}
