package io.flotilla.cli.chaos;

import io.flotilla.cli.process.Node;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** A broker and the disk that outlives it. Used by one thread. */
final class Machine implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private final Node node;
    private final Disk disk;

    Machine(Node node, Disk disk) {
        this.node = node;
        this.disk = disk;
    }

    Node node() {
        return node;
    }

    Disk disk() {
        return disk;
    }

    void start() {
        node.start();
    }

    boolean isReady() {
        if (!node.process().isAlive()) {
            throw new AssertionError(
                    "node %d ended: %s".formatted(node.id(), node.process().err()));
        }
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:%d/readyz".formatted(node.httpPort())))
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

    /** As {@code kill -9}. */
    void kill() {
        node.process().kill();
    }

    /** As a plug that is pulled: first the disk goes, then the process. */
    void cutPower() {
        disk.cutPower();
        kill();
    }

    /** As SIGTERM; the exit code. */
    int stop() {
        return node.process().terminate();
    }

    @Override
    public void close() {
        node.close();
        disk.close();
    }
}
