package io.flotilla.broker.http;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port of a broker, open from its making until it is closed.
 *
 * <pre>
 *   /livez        200 while this process can answer at all
 *   /readyz       200, or 503 with the reasons
 *   /metrics      all meters, in Prometheus' text format
 *   /version      what runs here
 *   /protos.zip   the API, for code generators
 * </pre>
 *
 * <p>It holds at most {@value ConnectionLimits#MAX_CONNECTIONS} connections with a thread each, so clients that are slow
 * or send rubbish hold up nobody else, and nobody for long: {@link ConnectionLimits}.
 */
public final class HttpEndpoint implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HttpEndpoint.class);

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int BACKLOG = 64;

    private final HttpServer server;
    private final ExecutorService threads;

    private HttpEndpoint(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Listens and answers.
     *
     * @param port 0 for any that is free
     * @param version of this broker
     * @throws IOException if it cannot listen there; the message says where and what to do
     */
    public static HttpEndpoint open(
            String host, int port, PrometheusMeterRegistry metrics, Readiness readiness, String version)
            throws IOException {
        ConnectionLimits.apply();
        byte[] protos = ProtoArchive.zip();
        Pages pages = new Pages(Map.of(
                "/livez",
                request -> Answer.text(HttpURLConnection.HTTP_OK, "ok"),
                "/readyz",
                new ReadinessPage(readiness),
                "/metrics",
                request -> scrape(metrics),
                "/version",
                request -> version(version),
                "/protos.zip",
                request -> new Answer(HttpURLConnection.HTTP_OK, "application/zip", protos)));
        HttpServer server = listen(host, port);
        ExecutorService threads = threads();
        server.setExecutor(threads);
        server.createContext("/", pages);
        server.start();
        log.info("listening for HTTP host={} port={}", host, server.getAddress().getPort());
        return new HttpEndpoint(server, threads);
    }

    private static HttpServer listen(String host, int port) throws IOException {
        try {
            return HttpServer.create(new InetSocketAddress(host, port), BACKLOG);
        } catch (IOException e) {
            throw new IOException(
                    "cannot listen for HTTP on %s port %d: %s; free it, or choose another with listener.http-port, -1 for none"
                            .formatted(host, port, e.getMessage()),
                    e);
        }
    }

    /** As many as there can be connections, so that none waits; they end when there is nothing to do. */
    private static ExecutorService threads() {
        AtomicInteger number = new AtomicInteger();
        return new ThreadPoolExecutor(
                0, ConnectionLimits.MAX_CONNECTIONS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    private static Answer scrape(PrometheusMeterRegistry metrics) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        metrics.scrape(text, PROMETHEUS_TEXT);
        return new Answer(HttpURLConnection.HTTP_OK, PROMETHEUS_TEXT, text.toByteArray());
    }

    private static Answer version(String version) {
        return Answer.json(
                HttpURLConnection.HTTP_OK,
                "{\"name\":\"flotilla\",\"version\":%s,\"java\":%s}"
                        .formatted(
                                Json.string(version),
                                Json.string(Runtime.version().toString())));
    }

    /** Where it listens, with the port it was given if it asked for any. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    /** Drops all connections. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
