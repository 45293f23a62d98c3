package io.flotilla.client;

import java.util.Objects;
import java.util.stream.Collectors;

/** Writes down all meters of the client. */
final class ClientMetricsPage {
    private static final String INTRODUCTION = """
            # Meters of the Java client

            *Generated from the sources; do not edit. `mvn -pl grpc-api test -Dtest=ClientMetricsPageTest
            -Dupdate.docs=true` writes it anew.*

            With Micrometer on the class path (`io.micrometer:micrometer-core`, which the client does not bring along):
            `ClientConfig.of(bootstrap).withMeters(MicrometerMeters.in(registry))`. Without, nothing is counted. Names are those of
            Micrometer; a registry writes them in its own way, `flotilla_producer_records_total` for Prometheus. Codes are those of
            [errors](errors.md).

            | name | type | unit | tags | meaning |
            |---|---|---|---|---|
            """;

    private ClientMetricsPage() {}

    static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (ClientMeter meter : ClientMeter.values()) {
            page.append("| `%s` | %s | %s | %s | %s |\n"
                    .formatted(
                            meter.id(),
                            meter.type().word(),
                            Objects.requireNonNullElse(meter.type().unit(), ""),
                            meter.tags().stream().collect(Collectors.joining(", ")),
                            meter.meaning()));
        }
        return page.toString();
    }
}
