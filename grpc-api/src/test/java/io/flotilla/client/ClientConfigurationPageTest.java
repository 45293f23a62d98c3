package io.flotilla.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Fails when the documentation of the client's settings is stale; with {@code -Dupdate.docs=true} it writes it anew. */
class ClientConfigurationPageTest {
    private static final Path PAGE = Path.of("../docs/client-configuration.md");

    @Test
    void isWhatTheRecordsSay() throws IOException {
        String expected = new ClientConfigurationPage().markdown();

        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(PAGE)
                .as("%s is stale; run this test with -Dupdate.docs=true and commit what it writes", PAGE)
                .content(StandardCharsets.UTF_8)
                .isEqualTo(expected);
    }
}
