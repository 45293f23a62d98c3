package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PropertiesFileTest {
    @TempDir
    Path directory;

    private Path path;
    private PropertiesFile file;

    @BeforeEach
    void name() {
        path = directory.resolve("a.properties");
        file = new PropertiesFile(path);
    }

    @Test
    void isLinesOfKeyAndValueInOrder() throws IOException {
        file.replace(Map.of("b.voters", "1@[::1]:7401,2@zürich:7401", "a", "", "c", "x=y"));

        assertThat(path).hasContent("a=\nb.voters=1@[::1]:7401,2@zürich:7401\nc=x=y\n");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Map<String, String> values = Map.of("b.voters", "1@[::1]:7401,2@zürich:7401", "a", "", "c", "x=y");

        file.replace(values);

        assertThat(file.read()).isEqualTo(values);
    }

    @Test
    void theOldFileIsReplacedAsAWholeAndNeverWrittenTo() throws IOException {
        file.replace(Map.of("a", "old"));
        try (BufferedReader old = Files.newBufferedReader(path)) {
            file.replace(Map.of("b", "new"));

            assertThat(old.readLine()).isEqualTo("a=old");
            assertThat(file.read()).isEqualTo(Map.of("b", "new"));
        }
    }

    @Test
    void whatACrashLeftHalfWrittenIsNotReadAndNotKept() throws IOException {
        file.replace(Map.of("a", "old"));
        Path halfWritten = directory.resolve("a.properties.next");
        Files.writeString(halfWritten, "a=newer than that\nb=and longer by far");

        assertThat(file.read()).isEqualTo(Map.of("a", "old"));
        file.replace(Map.of("a", "new"));

        assertThat(path).hasContent("a=new\n");
        assertThat(halfWritten).doesNotExist();
    }

    @Test
    void theOldFileStaysWhenTheNewOneCannotBeWritten() throws IOException {
        file.replace(Map.of("a", "old"));
        Files.createDirectory(directory.resolve("a.properties.next"));

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.replace(Map.of("a", "new")));

        assertThat(file.read()).isEqualTo(Map.of("a", "old"));
    }

    @Test
    void aFileThatIsNotThereIsAnError() {
        assertThat(file.exists()).isFalse();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.read());
    }

    @Test
    void aFileThatWasCutIsNotRead() throws IOException {
        Files.writeString(path, "a=old\nb=421");

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(file::read)
                .withMessageContaining("line end");
    }
}
