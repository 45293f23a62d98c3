package io.flotilla.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send rubbish, too much, too slowly or never: none may keep the HTTP port from answering others. */
class HttpEndpointAbuseIT {
    private static final String GET_LIVEZ = "GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    private static final int FEW = ConnectionLimits.MAX_CONNECTIONS - 2;

    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<RawClient> clients = new ArrayList<>();
    private HttpEndpoint endpoint;

    @BeforeEach
    void open() throws IOException {
        endpoint = HttpEndpoint.open("127.0.0.1", 0, metrics, List::of, "1.2.3");
    }

    @AfterEach
    void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        endpoint.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET\r\n\r\n",
                "GET /livez\r\n\r\n",
                "GET ht tp://[ HTTP/1.1\r\n\r\n",
                "GET /%zz HTTP/1.1\r\n\r\n",
                "GET /livez HTTP/1.1\r\nBad Header: 1\r\n\r\n",
                "GET /livez HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
                "GET /livez HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n"
            })
    void answersRubbishWithARefusalOrNotAtAll(String rubbish) throws IOException {
        String answer = connect().send(rubbish).send("\r\n\r\n").readAll();

        assertThat(answer)
                .satisfiesAnyOf(a -> assertThat(a).isEmpty(), a -> assertThat(a).startsWith("HTTP/1.1 4"));
        assertAnswers();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void survivesRandomBytes(long seed) throws IOException {
        byte[] bytes = new byte[4096];
        new Random(seed).nextBytes(bytes);

        for (int i = 0; i < 20; i++) {
            connect().send(bytes).close();
        }

        assertAnswers();
    }

    @Test
    void stopsReadingARequestLineWithoutEnd() throws IOException {
        long sent = connect().send("GET /").sendWhileTaken("a".repeat(64 << 10), 1L << 30);

        assertThat(sent).isLessThan(32 << 20);
        assertAnswers();
    }

    @Test
    void stopsReadingHeadersWithoutEnd() throws IOException {
        long sent = connect()
                .send("GET /livez HTTP/1.1\r\n")
                .sendWhileTaken("X-Some: " + "a".repeat(1000) + "\r\n", 1L << 30);

        assertThat(sent).isLessThan(32 << 20);
        assertAnswers();
    }

    @Test
    void stopsReadingABodyNobodyAskedFor() throws IOException {
        RawClient client = connect().send("POST /livez HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n");

        long sent = client.sendWhileTaken("a".repeat(64 << 10), 1L << 30);

        assertThat(sent).isLessThan(32 << 20);
        assertAnswers();
    }

    @Test
    void answersOthersWhileManySendSlowly() throws IOException {
        for (int i = 0; i < FEW; i++) {
            connect().send("GET /livez HTT");
        }

        assertAnswers();
    }

    @Test
    void cutsOffWhoNeverFinishesARequest() throws IOException {
        connect();
        connect().send("\r\n\r\n\r\n");
        connect().send("GET /livez HTT");
        connect().send("GET /livez HTTP/1.1\r\nHost: x\r\n");

        for (RawClient client : clients) {
            assertThat(client.readAll()).isEmpty(); // ends within the client's patience
        }
    }

    @Test
    void answersOthersWhileManyDoNotRead() throws IOException {
        for (int i = 0; i < 20_000; i++) {
            metrics.counter("flotilla.things", "number", "a-rather-long-value-to-fill-buffers-" + i);
        }

        for (int i = 0; i < 8; i++) {
            RawClient deaf = new RawClient(endpoint.address(), 4096);
            clients.add(deaf);
            deaf.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
        }

        assertAnswers();
    }

    @Test
    void turnsAwayConnectionsBeyondItsLimitAndRecovers() throws IOException {
        for (int i = 0; i < ConnectionLimits.MAX_CONNECTIONS; i++) {
            RawClient client = connect().send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readLine()).isEqualTo("HTTP/1.1 200 OK");
        }

        String beyond = connect().readAll();

        assertThat(beyond).isEmpty();
        for (RawClient client : clients) {
            client.close();
        }
        awaitAnswer();
    }

    @Test
    void keepsAConnectionForTheNextRequest() throws IOException {
        RawClient client = connect().send("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(client.readLine()).isEqualTo("HTTP/1.1 200 OK");

        String rest = client.send(GET_LIVEZ).readAll();

        assertThat(rest).contains("HTTP/1.1 200 OK").endsWith("ok\n");
    }

    private RawClient connect() throws IOException {
        RawClient client = new RawClient(endpoint.address());
        clients.add(client);
        return client;
    }

    private void assertAnswers() throws IOException {
        assertThat(answer()).startsWith("HTTP/1.1 200 OK").endsWith("ok\n");
    }

    /** Connections that were closed are noticed a moment later. */
    private void awaitAnswer() throws IOException {
        long deadline = System.nanoTime() + 10_000_000_000L;
        while (answer().isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertAnswers();
    }

    private String answer() throws IOException {
        try (RawClient client = new RawClient(endpoint.address())) {
            return client.send(GET_LIVEZ).readAll();
        }
    }
}
