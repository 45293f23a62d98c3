package io.flotilla.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A run of the one jar as users run it, with its stdout and stderr in files. Used by one thread. */
public final class JarProcess implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private JarProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** The jar that the module has built. */
    public static Path jar() {
        Path jar = Path.of("target", "flotilla.jar").toAbsolutePath();
        if (!Files.exists(jar)) {
            throw new AssertionError("there is no %s; integration tests run behind the package phase".formatted(jar));
        }
        return jar;
    }

    /** Starts it; {@code logs} gets the files {@code name.out} and {@code name.err}. */
    public static JarProcess start(Path logs, String name, String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-Xss512k",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString()));
        command.addAll(List.of(args));
        return run(logs, name, command);
    }

    /** The same as users do it, by the launcher and with its flags. */
    public static JarProcess launch(Path logs, String name, String... args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of("..", "flotilla").toAbsolutePath().normalize().toString());
        command.addAll(List.of(args));
        return run(logs, name, command);
    }

    private static JarProcess run(Path logs, String name, List<String> command) {
        Path out = logs.resolve(name + ".out");
        Path err = logs.resolve(name + ".err");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(out.toFile()))
                    .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()))
                    .start();
            return new JarProcess(process, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Processor time it has used; zero where the system does not tell. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public String out() {
        return read(out);
    }

    public String err() {
        return read(err);
    }

    /** As {@code kill}; its exit code. */
    public int terminate() {
        process.destroy();
        return exit();
    }

    /** As {@code kill -9}. */
    public void kill() {
        process.destroyForcibly();
        exit();
    }

    /** Waits for its end. */
    public int exit() {
        try {
            if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the process does not end; stderr: " + err());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
