package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Fails when the documentation of the client's meters is stale; with {@code -Dupdate.docs=true} it writes it anew. */
class ClientMetricsPageTest {
    private static final Path PAGE = Path.of("../docs/client-metrics.md");

    @Test
    void isWhatTheMetersAre() throws IOException {
        String expected = ClientMetricsPage.markdown();

        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(PAGE)
                .as("%s is stale; run this test with -Dupdate.docs=true and commit what it writes", PAGE)
                .content(StandardCharsets.UTF_8)
                .isEqualTo(expected);
    }
}
