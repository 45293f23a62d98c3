package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script in front of the jar. */
class LauncherIT {
    private static final Path LAUNCHER =
            Path.of("..", "flotilla").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private record Result(int exit, String output) {}

    @Test
    void runsFromAnyDirectoryAndThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("f"), LAUNCHER);

        Result result = run(link, Map.of(), "version");

        assertThat(result.exit()).isZero();
        assertThat(result.output()).contains("FLOTILLA", "JAVA");
    }

    @Test
    void passesArgumentsAndExitCodesOn() throws Exception {
        assertThat(run(LAUNCHER, Map.of(), "topic", "describe", "a b*", "--timeout", "1s")
                        .exit())
                .isEqualTo(6);
        assertThat(run(LAUNCHER, Map.of(), "nonsense").exit()).isEqualTo(2);
    }

    @Test
    void saysWhatIsMissingWithoutAUsableJava() throws Exception {
        Path old = Files.createDirectories(directory.resolve("jdk-11/bin"));
        Files.createFile(old.resolve("java")).toFile().setExecutable(true);
        Files.writeString(directory.resolve("jdk-11/release"), "JAVA_VERSION=\"11.0.2\"\n");

        Result none =
                run(LAUNCHER, Map.of("JAVA_HOME", directory.resolve("none").toString()), "version");
        Result outdated =
                run(LAUNCHER, Map.of("JAVA_HOME", directory.resolve("jdk-11").toString()), "version");

        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.output()).contains("JAVA_HOME");
        assertThat(outdated.exit()).isEqualTo(1);
        assertThat(outdated.output()).contains("version 11", "17 or newer");
    }

    @Test
    void worksWhereItCannotKeepAnArchiveOfClasses() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));

        Result result = run(LAUNCHER, Map.of("XDG_CACHE_HOME", file.toString()), "version");

        assertThat(result.exit()).isZero();
        assertThat(result.output()).startsWith("FLOTILLA");
    }

    @Test
    void startsWithADamagedArchiveOfClasses() throws Exception {
        Map<String, String> cache = Map.of("XDG_CACHE_HOME", directory.toString());
        run(LAUNCHER, cache, "version");
        Path archives = directory.resolve("flotilla");
        try (var made = Files.list(archives)) {
            for (Path making : (Iterable<Path>) made::iterator) {
                String name = making.getFileName().toString().replace("making-", "classes-") + ".jsa";
                Files.writeString(archives.resolve(name), "not an archive");
            }
        }

        Result result = run(LAUNCHER, cache, "version");

        assertThat(result.exit()).isZero();
        assertThat(result.output()).startsWith("FLOTILLA");
    }

    private Result run(Path launcher, Map<String, String> environment, String... args)
            throws IOException, InterruptedException {
        String[] command = new String[args.length + 1];
        command[0] = launcher.toString();
        System.arraycopy(args, 0, command, 1, args.length);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment().put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        builder.environment().put("FLOTILLA_BOOTSTRAP", "127.0.0.1:1");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), output);
    }
}
