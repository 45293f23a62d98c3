package io.flotilla.broker.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.fleet.Fleet;
import io.flotilla.broker.fleet.Topics;
import io.flotilla.client.ConsumerConfig;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.HandlerConfig;
import io.flotilla.client.Producer;
import io.flotilla.client.ProducerConfig;
import io.flotilla.client.Subscription;
import io.flotilla.record.NewRecord;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fails when the documentation of the meters is stale; with {@code -Dupdate.docs=true} it writes it anew. */
class MetricsPageIT {
    private static final Path PAGE = Path.of("../docs/metrics.md");

    @TempDir
    Path root;

    private final HttpClient http = HttpClient.newHttpClient(); // one: a broker takes few connections

    @Test
    void hasWhatABrokerMeasuresAndNothingElse() throws Exception {
        Scrape scrape = Scrape.parse(metricsOfABrokerAtWork());
        String expected = MetricsPage.markdown(scrape);

        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(placesOf(scrape)).isEqualTo(MetricsPage.prefixes());
        assertThat(scrape.families().values())
                .filteredOn(family -> family.name().startsWith("flotilla_"))
                .allSatisfy(
                        family -> assertThat(family.help()).as(family.name()).isNotBlank());
        assertThat(PAGE)
                .as("%s is stale; run this test with -Dupdate.docs=true and commit what it writes", PAGE)
                .content(StandardCharsets.UTF_8)
                .isEqualTo(expected);
    }

    private static Set<String> placesOf(Scrape scrape) {
        return scrape.families().keySet().stream()
                .map(MetricsPage::prefixOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private String metricsOfABrokerAtWork() throws Exception {
        try (Fleet fleet = Fleet.start(root, 1);
                FlotillaClient client = fleet.client()) {
            Topics.create(client, "orders", 1, 1);
            try (Producer producer = FlotillaClient.join(client.producer("orders", ProducerConfig.DEFAULT))) {
                FlotillaClient.join(producer.send(0, NewRecord.of("key", "value")));
            }
            assertThat(Topics.readAll(client, Topics.partition("orders", 0))).hasSize(1);

            URI metrics = URI.create("http://127.0.0.1:%d/metrics".formatted(fleet.httpPort(1)));
            try (Subscription group = client.subscribe(
                    ConsumerConfig.of("billing", "orders"), HandlerConfig.DEFAULT, (partition, record) -> {})) {
                assertThat(group.ended()).isNotDone();
                Fleet.await(
                        "the partition and the group have meters",
                        () -> scrape(metrics)
                                        .contains(
                                                "flotilla_partition_high_watermark{partition=\"0\",topic=\"orders\"} 1")
                                && scrape(metrics).contains("flotilla_group_lag_seconds{"));
            }
            return scrape(metrics);
        }
    }

    private String scrape(URI metrics) {
        try {
            return http.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError("no answer from " + metrics, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
