package io.flotilla.log.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioDiskTest {
    private final NioDisk disk = new NioDisk();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void writesBuffersOfAnySizeOneAfterAnother() throws IOException {
        byte[] first = randomBytes(StagingBuffers.BUFFER_BYTES + 17);
        byte[] second = randomBytes(3);
        byte[] third = randomBytes(2 * StagingBuffers.BUFFER_BYTES - 20);
        Path path = directory.resolve("file");

        try (DiskFile file = disk.create(path)) {
            file.write(5, List.of(ByteBuffer.wrap(first), ByteBuffer.wrap(second), ByteBuffer.wrap(third)));
            file.force();
        }

        ByteBuffer expected = ByteBuffer.allocate(5 + first.length + second.length + third.length);
        expected.position(5).put(first).put(second).put(third);
        assertThat(Files.readAllBytes(path)).isEqualTo(expected.array());
    }

    @Test
    void writesOnlyWhatRemainsInABufferAndConsumesIt() throws IOException {
        ByteBuffer middle =
                ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}).position(1).limit(4);
        Path path = directory.resolve("file");

        try (DiskFile file = disk.create(path)) {
            file.write(0, List.of(middle));
        }

        assertThat(Files.readAllBytes(path)).containsExactly(2, 3, 4);
        assertThat(middle.hasRemaining()).isFalse();
    }

    @Test
    void readsAcrossStagingBuffersAndStopsAtTheEndOfTheFile() throws IOException {
        byte[] content = randomBytes(3 * StagingBuffers.BUFFER_BYTES);
        Path path = Files.write(directory.resolve("file"), content);
        byte[] read = new byte[content.length + 10];

        try (DiskFile file = disk.openToRead(path)) {
            int count = file.read(7, read, 4, content.length);

            assertThat(count).isEqualTo(content.length - 7);
            assertThat(Arrays.copyOfRange(read, 4, 4 + count))
                    .isEqualTo(Arrays.copyOfRange(content, 7, content.length));
            assertThat(file.size()).isEqualTo(content.length);
        }
    }

    @Test
    void readsOnWhenItsThreadIsInterruptedAndKeepsTheInterrupt() throws IOException {
        byte[] content = randomBytes(StagingBuffers.BUFFER_BYTES + 1);
        Path path = Files.write(directory.resolve("file"), content);
        byte[] read = new byte[content.length];

        try (DiskFile file = disk.openToRead(path)) {
            Thread.currentThread().interrupt();
            int count = file.read(0, read, 0, read.length);
            boolean interrupted = Thread.interrupted();

            assertThat(interrupted).isTrue();
            assertThat(count).isEqualTo(content.length);
            assertThat(read).isEqualTo(content);
        }
    }

    @Test
    void readsOnWhileAnotherThreadKeepsInterrupting() throws IOException {
        byte[] content = randomBytes(1 << 20);
        Path path = Files.write(directory.resolve("file"), content);
        Thread reader = Thread.currentThread();
        AtomicBoolean done = new AtomicBoolean();
        Thread nuisance = new Thread(() -> {
            while (!done.get()) {
                reader.interrupt();
            }
        });

        nuisance.start();
        try (DiskFile file = disk.openToRead(path)) {
            for (int i = 0; i < 200; i++) {
                byte[] read = new byte[content.length];
                assertThat(file.read(0, read, 0, read.length)).isEqualTo(content.length);
                assertThat(Arrays.equals(read, content)).isTrue();
            }
        } finally {
            done.set(true);
            while (nuisance.isAlive()) {
                Thread.onSpinWait();
            }
            Thread.interrupted();
        }
    }

    @Test
    void failsAWriteWhoseThreadIsInterrupted() throws IOException {
        Path path = directory.resolve("file");
        try (DiskFile file = disk.create(path)) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> file.write(0, List.of(ByteBuffer.wrap(new byte[1]))))
                    .isInstanceOf(IOException.class);

            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void keepsADeletedFileReadableForThoseWhoHaveItOpen() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        byte[] read = new byte[3];

        try (DiskFile file = disk.openToRead(path)) {
            disk.delete(path);
            file.read(0, read, 0, 3);
        }

        assertThat(read).containsExactly(1, 2, 3);
        assertThat(disk.exists(path)).isFalse();
    }

    @Test
    void cutsAFileAndLeavesAShorterOneAlone() throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[10]);

        try (DiskFile file = disk.open(path)) {
            file.truncate(4);
            file.truncate(8);

            assertThat(file.size()).isEqualTo(4);
        }
    }

    @Test
    void createsRenamesListsAndDeletesFiles() throws IOException {
        Path nested = directory.resolve("a").resolve("b");
        disk.createDirectory(nested);
        disk.create(nested.resolve("one")).close();
        disk.create(nested.resolve("two")).close();

        disk.rename(nested.resolve("one"), nested.resolve("two"));
        disk.create(nested.resolve("three")).close();
        disk.delete(nested.resolve("three"));
        disk.delete(nested.resolve("three"));
        disk.forceDirectory(nested);

        assertThat(disk.list(nested)).containsExactly("two");
        assertThat(disk.list(nested.resolve("none"))).isEmpty();
    }

    @Test
    void refusesToCreateWhatIsThereAndToOpenWhatIsNot() throws IOException {
        Path there = Files.write(directory.resolve("file"), new byte[1]);
        Path missing = directory.resolve("missing");

        assertThatThrownBy(() -> disk.create(there)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.open(missing)).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> disk.openToRead(missing)).isInstanceOf(NoSuchFileException.class);
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new SplittableRandom(count).nextBytes(bytes);
        return bytes;
    }
}
