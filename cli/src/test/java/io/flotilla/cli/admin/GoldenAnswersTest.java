package io.flotilla.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.OutputFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds what programs read to what it was: names and forms of fields in answers. {@code -Dgolden.update=true} writes the
 * files anew; a field that is gone or has another name breaks somebody's script.
 */
class GoldenAnswersTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Map<String, Answer> ANSWERS = SampleAnswers.all();

    static Set<String> names() {
        return ANSWERS.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void looksAsItAlwaysDid(String name) throws IOException {
        String json = Objects.requireNonNull(ANSWERS.get(name)).in(OutputFormat.JSON);
        Path file = GOLDEN.resolve(name + ".json");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, json);
        }

        assertThat(json).isEqualTo(Files.readString(file));
    }

    @Test
    void everyFileHasItsAnswer() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.toFile().getName().replace(".json", "")))
                    .containsExactlyInAnyOrderElementsOf(names());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void tsvHasAsManyColumnsInEachLine(String name) {
        assertThat(Objects.requireNonNull(ANSWERS.get(name))
                        .in(OutputFormat.TSV)
                        .lines()
                        .map(line -> line.split("\t", -1).length)
                        .distinct())
                .hasSize(1);
    }
}
