package io.flotilla.cli.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One broker of a cluster as a process of the one jar, on a disk that outlives it. Used by one thread. */
final class Node {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private final int id;
    private final Disk disk;
    private final List<Integer> ports;
    private final String voters;
    private final Path log;
    private @Nullable Process process;

    /** @param ports for clients, other brokers and HTTP */
    Node(int id, Disk disk, List<Integer> ports, String voters, Path log) {
        this.id = id;
        this.disk = disk;
        this.ports = List.copyOf(ports);
        this.voters = voters;
        this.log = log;
    }

    void start() {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx384m",
                            "-Xss512k",
                            "-jar",
                            Jar.path().toString(),
                            "server",
                            "--id",
                            Integer.toString(id),
                            "--data",
                            disk.directory().toString(),
                            "--port",
                            Integer.toString(clientPort()),
                            "--raft-port",
                            Integer.toString(ports.get(1)),
                            "--http-port",
                            Integer.toString(ports.get(2)),
                            "--initial-voters",
                            voters)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int id() {
        return id;
    }

    int clientPort() {
        return ports.get(0);
    }

    Disk disk() {
        return disk;
    }

    boolean ready() {
        Process running = running();
        if (!running.isAlive()) {
            throw new AssertionError(
                    "node %d ended with %d; its log ends:%n%s".formatted(id, running.exitValue(), tail()));
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/readyz".formatted(ports.get(2))))
                .timeout(Duration.ofSeconds(5))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** As {@code kill -9}. */
    void kill() {
        running().destroyForcibly();
        end();
    }

    /** As a plug that is pulled: first the disk goes, then the process. */
    void cutPower() {
        disk.cutPower();
        kill();
    }

    /** As SIGTERM; the exit code. */
    int stop() {
        running().destroy();
        return end();
    }

    private int end() {
        try {
            Process running = running();
            if (!running.waitFor(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                running.destroyForcibly();
                throw new AssertionError("node %d does not end".formatted(id));
            }
            return running.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private Process running() {
        return Objects.requireNonNull(process, () -> "node %d was never started".formatted(id));
    }

    void close() {
        if (process != null) {
            process.destroyForcibly();
            end();
        }
        disk.close();
    }
}
