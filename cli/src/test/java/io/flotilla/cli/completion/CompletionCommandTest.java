package io.flotilla.cli.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionCommandTest {
    @TempDir
    private Path directory;

    private String bash(String script) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .directory(directory.toFile())
                .start();
        String output = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void bashCompletesCommandsAndOptions() throws Exception {
        Files.writeString(
                directory.resolve("script"), Run.of("completion", "bash").out());

        String commands = bash("source ./script; COMP_WORDS=(flotilla topic a); COMP_CWORD=2;"
                + " _complete_flotilla 2> errors; echo \"${COMPREPLY[@]}\"");
        String options = bash("source ./script; COMP_WORDS=(flotilla topic trim --before); COMP_CWORD=3;"
                + " _complete_flotilla 2> errors; echo \"${COMPREPLY[@]}\"");

        String formats = bash("source ./script; COMP_WORDS=(flotilla topic list -o j); COMP_CWORD=4;"
                + " _complete_flotilla 2> errors; echo \"${COMPREPLY[@]}\"");

        assertThat(formats.strip()).isEqualTo("json");
        assertThat(commands.strip().split(" ")).containsExactlyInAnyOrder("alter", "add-partitions");
        assertThat(options.strip().split(" ")).contains("--before", "--before-time");
    }

    @Test
    void zshHasTheSameScript() {
        assertThat(Run.of("completion", "zsh").out())
                .isEqualTo(Run.of("completion", "bash").out())
                .contains("bashcompinit");
    }

    @Test
    void fishHasALineForEachCommandAndOption() {
        Run fish = Run.of("completion", "fish");

        assertThat(fish.exit()).isZero();
        assertThat(fish.out().lines())
                .contains(
                        "complete -c flotilla -f",
                        "complete -c flotilla -n '__flotilla_at' -a version"
                                + " -d 'Show the version of this command and of its Java'",
                        "complete -c flotilla -n '__flotilla_in topic trim' -l yes"
                                + " -d 'Do not ask; needed where there is no terminal'",
                        "complete -c flotilla -n '__flotilla_in topic create' -l partitions -r"
                                + " -d 'Default: what the brokers are set to'")
                .noneMatch(line -> line.contains("rehearse"))
                .filteredOn(line -> line.contains("-l output"))
                .hasSize(1);
        assertThat(fish.out()).contains("goes back to the cluster\\'s default");
    }

    @Test
    void otherShellsAreUnknown() {
        assertThat(Run.of("completion", "tcsh").exit()).isEqualTo(2);
    }
}
