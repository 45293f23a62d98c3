package io.flotilla.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stories in text files: comments, and blocks of lines to play, {@code ----}, and what they print, up to an empty line.
 * What is played and what it prints is put together again and must be the file.
 */
class MetadataScriptTest {
    private static final String SEPARATOR = "----";

    @ParameterizedTest
    @ValueSource(strings = {"brokers", "topics", "settings", "placement", "racks", "growth"})
    void goesAsTheStorySays(String story) throws IOException {
        String expected = read("scripts/" + story + ".txt");

        assertThat(replay(expected)).isEqualTo(expected);
    }

    private static String read(String resource) throws IOException {
        try (InputStream file = Objects.requireNonNull(MetadataScriptTest.class.getResourceAsStream(resource))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String replay(String text) {
        MetadataScript script = new MetadataScript();
        List<String> replayed = new ArrayList<>();
        boolean inOutput = false;
        List<String> block = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.equals(SEPARATOR)) {
                replayed.add(line);
                block.forEach(played -> replayed.add(script.play(played)));
                block.clear();
                inOutput = true;
            } else if (!inOutput || line.isEmpty()) {
                replayed.add(line);
                inOutput = false;
                if (!line.isEmpty() && !line.startsWith("#")) {
                    block.add(line);
                }
            }
        }
        assertThat(block).as("lines without %s after them", SEPARATOR).isEmpty();
        return String.join("\n", replayed) + "\n";
    }
}
