package io.flotilla.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Keeps the page of commands true; {@code -Dupdate.docs=true} writes it anew. */
class CommandsPageTest {
    private static final Path PAGE = Path.of("../docs/commands.md");

    private static final String INTRODUCTION = """
            # Commands

            *Generated from the commands themselves; do not edit. `mvn -pl cli -am test -Dtest=CommandsPageTest
            -Dsurefire.failIfNoSpecifiedTests=false -Dupdate.docs=true` writes it anew.*

            Each says more with `--help`. Data goes to stdout, everything else to stderr. What an option does not say is
            taken from the environment (`FLOTILLA_BOOTSTRAP`, `FLOTILLA_OUTPUT`, `FLOTILLA_TIMEOUT`), then from the profile
            that is named (`-p`, `FLOTILLA_PROFILE`) or in use, then it is the default. What destroys data asks for the name
            of the thing on a terminal, and needs `--yes` elsewhere.

            Answers come as `-o table`, `wide`, `json` and `yaml` (one object with `apiVersion`, `kind`, `items` and
            `errors`, also when the command fails), `ndjson` (an object per item and line), `tsv` (the columns of `wide`
            without headers, a line per item, numbers without units) or `name`.

            | command | what it does | example |
            |---|---|---|
            """;

    @Test
    void thePageListsEveryCommand() throws IOException {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        for (CommandTree.Node command : CommandTree.visible()) {
            if (!command.isGroup()) {
                page.append("| `%s` | %s | `%s` |\n"
                        .formatted(
                                command.name().replaceFirst("^flotilla ", ""),
                                command.description(),
                                command.examples().get(0)));
            }
        }
        if (Boolean.getBoolean("update.docs")) {
            Files.writeString(PAGE, page.toString());
        }

        assertThat(Files.readString(PAGE)).isEqualTo(page.toString());
    }
}
