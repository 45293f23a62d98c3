package io.flotilla.broker.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.flotilla.broker.config.ConfigLoader;
import io.flotilla.broker.config.Setting;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of the HTTP port over real sockets; what hostile clients do is in {@link HttpEndpointAbuseIT}. */
class HttpEndpointIT {
    private static final String HOST = "127.0.0.1";

    private final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final List<String> reasons = new ArrayList<>();
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private HttpEndpoint endpoint;

    @BeforeEach
    void open() throws IOException {
        endpoint = HttpEndpoint.open(HOST, 0, metrics, () -> List.copyOf(reasons), "1.2.3");
    }

    @AfterEach
    void close() {
        endpoint.close();
    }

    @Test
    void isAliveWhileItAnswers() throws Exception {
        reasons.add("not ready, but alive");

        HttpResponse<String> response = get("/livez");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("ok\n");
    }

    @Test
    void isReadyAsSoonAsNothingSpeaksAgainst() throws Exception {
        reasons.add("no leader of the metadata group is known");

        HttpResponse<String> before = get("/readyz?verbose");
        reasons.clear();
        HttpResponse<String> after = get("/readyz");

        assertThat(before.statusCode()).isEqualTo(503);
        assertThat(before.body()).isEqualTo("no leader of the metadata group is known\n");
        assertThat(after.statusCode()).isEqualTo(200);
    }

    @Test
    void givesAllMetersToPrometheus() throws Exception {
        metrics.counter("flotilla.things", "kind", "good").increment(3);

        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(response.body()).contains("\nflotilla_things_total{kind=\"good\"} 3.0\n");
    }

    @Test
    void givesAnEmptyPageWhenThereAreNoMeters() throws Exception {
        HttpResponse<String> response = get("/metrics");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void saysWhatRuns() throws Exception {
        HttpResponse<String> response = get("/version");

        assertThat(response.body())
                .isEqualTo("{\"name\":\"flotilla\",\"version\":\"1.2.3\",\"java\":\"%s\"}\n", Runtime.version());
    }

    @Test
    void givesOutTheApi() throws Exception {
        HttpResponse<byte[]> response = client.send(request("/protos.zip").build(), BodyHandlers.ofByteArray());

        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/zip");
        assertThat(response.body()).isEqualTo(ProtoArchive.zip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/livez/", "/LIVEZ", "/metrics/x", "/../../etc/passwd", "/%2e%2e/x", "/%00", "/%0d%0aX:y"})
    void namesThePagesThereAreWhenAskedForAnother(String path) throws Exception {
        HttpResponse<String> response = get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body())
                .isEqualTo("there is no such page; try /livez /metrics /protos.zip /readyz /version\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "NONSENSE"})
    void canOnlyBeRead(String method) throws Exception {
        HttpResponse<String> response = client.send(
                request("/livez").method(method, BodyPublishers.ofString("x")).build(), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
        assertThat(response.body()).isEqualTo("this page can only be read; use GET or HEAD\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/version", "/protos.zip", "/nowhere"})
    void answersHeadWithTheHeadersOfGet(String path) throws Exception {
        HttpResponse<byte[]> get = client.send(request(path).build(), BodyHandlers.ofByteArray());

        HttpResponse<byte[]> head = client.send(
                request(path).method("HEAD", BodyPublishers.noBody()).build(), BodyHandlers.ofByteArray());

        assertThat(head.statusCode()).isEqualTo(get.statusCode());
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().allValues("Content-Type"))
                .isEqualTo(get.headers().allValues("Content-Type"));
        assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(get.body().length);
    }

    @Test
    void forbidsToKeepOrToGuess() throws Exception {
        HttpResponse<String> response = get("/readyz");

        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void tellsNothingOfItsInsidesWhenAPageFails() throws Exception {
        endpoint.close();
        endpoint = HttpEndpoint.open(
                HOST,
                0,
                metrics,
                () -> {
                    throw new IllegalStateException("a secret");
                },
                "1.2.3");

        HttpResponse<String> response = get("/readyz");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEqualTo("this page failed; the broker's log says why\n");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test
    void namesThePortThatIsTaken() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, endpoint.address().getAddress())) {
            int port = other.getLocalPort();

            assertThatIOException()
                    .isThrownBy(() -> HttpEndpoint.open(HOST, port, metrics, List::of, "1.2.3"))
                    .withMessage(
                            "cannot listen for HTTP on 127.0.0.1 port %d: Address already in use; free it, or choose"
                                    + " another with listener.http-port, -1 for none",
                            port);
        }
    }

    @Test
    void namesASettingThatExistsWhenThePortIsTaken() throws Exception {
        assertThat(ConfigLoader.load(List.of()).settings())
                .extracting(Setting::key)
                .contains("listener.http-port");
    }

    @Test
    void namesTheAddressThatIsNotOurs() {
        assertThatIOException()
                .isThrownBy(() -> HttpEndpoint.open("192.0.2.1", 0, metrics, List::of, "1.2.3"))
                .withMessageStartingWith("cannot listen for HTTP on 192.0.2.1 port 0: ");
    }

    @Test
    void leavesThePortWhenItIsClosed() throws Exception {
        int port = endpoint.address().getPort();

        endpoint.close();

        assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> get("/livez"));
        endpoint = HttpEndpoint.open(HOST, port, metrics, List::of, "1.2.3");
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(request(path).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(
                        "http://%s:%d%s".formatted(HOST, endpoint.address().getPort(), path)))
                .timeout(Duration.ofSeconds(10));
    }
}
