package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {
    @TempDir
    Path root;

    @Test
    void makesADirectoryAndThoseAboveIt() throws IOException {
        Path made = Directories.create(root.resolve("a").resolve("b").resolve("c"));

        assertThat(made).isEqualTo(root.resolve("a/b/c")).isEmptyDirectory();
    }

    @Test
    void keepsWhatIsInADirectoryThatIsThere() throws IOException {
        Path file = Files.writeString(Directories.create(root.resolve("a")).resolve("file"), "kept");

        Directories.create(root.resolve("a"));

        assertThat(file).hasContent("kept");
    }

    @Test
    void makesNoDirectoryInPlaceOfAFile() throws IOException {
        Path file = Files.writeString(root.resolve("a"), "kept");

        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> Directories.create(file));
        assertThatExceptionOfType(FileAlreadyExistsException.class)
                .isThrownBy(() -> Directories.create(file.resolve("b")));
        assertThat(file).hasContent("kept");
    }

    @Test
    void movesAllThatIsInADirectory() throws IOException {
        Path from = Directories.create(root.resolve("from").resolve("log"));
        Files.writeString(from.resolve("segment"), "bytes");
        Path to = Directories.create(root.resolve("to")).resolve("log");

        Directories.move(from, to);

        assertThat(from).doesNotExist();
        assertThat(to.resolve("segment")).hasContent("bytes");
    }

    @Test
    void doesNotMoveOverADirectoryThatHoldsSomething() throws IOException {
        Path from = Directories.create(root.resolve("from"));
        Path precious = Files.writeString(Directories.create(root.resolve("to")).resolve("file"), "kept");

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> Directories.move(from, root.resolve("to")));
        assertThat(from).isDirectory();
        assertThat(precious).hasContent("kept");
    }

    @Test
    void deletesAllThatIsInADirectoryButNotWhatLinksLeadTo() throws IOException {
        Path directory = Directories.create(root.resolve("a"));
        Path elsewhere = Directories.create(root.resolve("elsewhere"));
        Path precious = Files.writeString(elsewhere.resolve("file"), "kept");
        Files.writeString(
                Directories.create(directory.resolve("b").resolve("c")).resolve("file"), "gone");
        Files.createSymbolicLink(directory.resolve("link"), elsewhere);

        Directories.delete(directory);

        assertThat(directory).doesNotExist();
        assertThat(precious).hasContent("kept");
    }

    @Test
    void whatIsNotThereNeedNotBeDeletedButCannotBeMoved() throws IOException {
        Path absent = root.resolve("absent");

        Directories.delete(absent);

        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> Directories.move(absent, root.resolve("to")));
    }
}
