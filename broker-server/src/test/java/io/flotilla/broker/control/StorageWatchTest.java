package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.storage.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageWatchTest {
    @TempDir
    private Path temporary;

    private Path root;
    private DataDirectory directory;

    @BeforeEach
    void open() throws Exception {
        root = temporary.resolve("data");
        directory = DataDirectory.open(root, 1, new UUID(1, 1));
    }

    @AfterEach
    void close() throws Exception {
        directory.close();
    }

    @Test
    void takesWritesBeforeTheFirstCheck() {
        assertThat(new StorageWatch(directory, Long.MAX_VALUE).full()).isFalse();
    }

    @Test
    void refusesWritesWhileLessIsFreeThanIsToBeKept() {
        StorageWatch watch = new StorageWatch(directory, Long.MAX_VALUE);

        watch.check();

        assertThat(watch.full()).isTrue();
        assertThat(watch.freeBytes()).isLessThan(watch.minFreeBytes());
    }

    @Test
    void takesWritesWhileEnoughIsFree() {
        StorageWatch watch = new StorageWatch(directory, 0);

        watch.check();

        assertThat(watch.full()).isFalse();
        assertThat(watch.freeBytes()).isLessThan(Long.MAX_VALUE);
    }

    @Test
    void keepsToWhatItKnewWhenItCannotLook() throws Exception {
        StorageWatch watch = new StorageWatch(directory, Long.MAX_VALUE);
        watch.check();
        long free = watch.freeBytes();
        Files.move(root, temporary.resolve("elsewhere"));

        watch.check();

        assertThat(watch.full()).isTrue();
        assertThat(watch.freeBytes()).isEqualTo(free);
    }
}
