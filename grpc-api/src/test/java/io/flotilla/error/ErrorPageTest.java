package io.flotilla.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Fails when the documentation of errors is stale; with {@code -Dupdate.docs=true} it writes it anew. */
class ErrorPageTest {
    private static final Path PAGE = Path.of("../docs/errors.md");

    @Test
    void isWhatTheTableSays() throws IOException {
        String expected = ErrorPage.markdown();

        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, expected);
        }

        assertThat(PAGE)
                .as("%s is stale; run this test with -Dupdate.docs=true and commit what it writes", PAGE)
                .content(StandardCharsets.UTF_8)
                .isEqualTo(expected);
    }

    @Test
    void hasOneRowForEveryCode() throws IOException {
        List<String> rows = ErrorPage.markdown()
                .lines()
                .filter(line -> line.startsWith("| `"))
                .toList();

        assertThat(rows).hasSameSizeAs(ErrorTable.rows());
        assertThat(ErrorTable.rows())
                .allSatisfy(row -> assertThat(rows)
                        .anyMatch(line -> line.startsWith("| `%s` |".formatted(ErrorTable.name(row.code())))));
    }
}
