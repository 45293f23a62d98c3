package io.flotilla.log.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The fake must lose what a real disk may lose, and nothing else; or the tests that stand on it mean nothing. */
class FakeDiskTest {
    private static final Path DIRECTORY = Path.of("/data");
    private static final Path FILE = DIRECTORY.resolve("file");
    private static final int CRASHES = 400;

    private final SplittableRandom random = new SplittableRandom(1);
    private final FakeDisk disk = new FakeDisk(random);

    @BeforeEach
    void createTheDirectory() throws IOException {
        disk.createDirectory(DIRECTORY);
        disk.forceDirectory(Path.of("/"));
    }

    @Test
    void keepsWhatWasForcedAcrossEveryPowerLoss() throws IOException {
        DiskFile file = disk.create(FILE);
        write(file, 0, "forced");
        file.force();
        disk.forceDirectory(DIRECTORY);

        assertThat(contentsAfterPowerLoss()).containsExactly("forced");
        assertThat(disk.isDurable(FILE)).isTrue();
    }

    @Test
    void mayLoseTheNameOfAFileWhoseDirectoryWasNotForced() throws IOException {
        DiskFile file = disk.create(FILE);
        write(file, 0, "forced");
        file.force();

        assertThat(contentsAfterPowerLoss()).containsExactlyInAnyOrder("forced", "no file");
        assertThat(disk.areNamesDurable(DIRECTORY)).isFalse();
    }

    @Test
    void mayKeepAnUnforcedSizeWithoutTheBytesAndTheOtherWayRound() throws IOException {
        forcedFile("");
        DiskFile file = disk.open(FILE);
        write(file, 0, "ab");

        assertThat(contentsAfterPowerLoss()).contains("", "ab", "\0\0");
    }

    @Test
    void mayKeepAnySubsetOfUnforcedSectors() throws IOException {
        String old = "a".repeat(2 * FakeFile.SECTOR_BYTES);
        forcedFile(old);
        DiskFile file = disk.open(FILE);
        write(file, 0, "b".repeat(FakeFile.SECTOR_BYTES));
        write(file, FakeFile.SECTOR_BYTES, "c".repeat(FakeFile.SECTOR_BYTES));

        Set<String> ends = new HashSet<>();
        for (String content : contentsAfterPowerLoss()) {
            ends.add("" + content.charAt(0) + content.charAt(old.length() - 1));
        }

        assertThat(ends).containsExactlyInAnyOrder("aa", "ba", "ac", "bc");
    }

    @Test
    void mayTearASector() throws IOException {
        forcedFile("a".repeat(FakeFile.SECTOR_BYTES));
        DiskFile file = disk.open(FILE);
        write(file, 0, "b".repeat(FakeFile.SECTOR_BYTES));

        assertThat(contentsAfterPowerLoss())
                .anySatisfy(content -> assertThat(content).startsWith("b").endsWith("a"));
    }

    @Test
    void mayUndoAnUnforcedTruncation() throws IOException {
        forcedFile("abcdef");
        disk.open(FILE).truncate(3);

        assertThat(contentsAfterPowerLoss()).contains("abc", "abcdef").doesNotContain("no file");
    }

    @Test
    void mayUndoAnUnforcedRenameButKeepsOneOfTheNames() throws IOException {
        forcedFile("old");
        Path newer = DIRECTORY.resolve("newer");
        DiskFile file = disk.create(newer);
        write(file, 0, "new");
        file.force();
        disk.forceDirectory(DIRECTORY);
        disk.rename(newer, FILE);

        assertThat(contentsAfterPowerLoss()).containsExactlyInAnyOrder("old", "new");
    }

    @Test
    void mayKeepBothNamesAfterAnUnforcedRenameWithTheSameContent() throws IOException {
        forcedFile("content");
        Path newer = DIRECTORY.resolve("newer");
        disk.rename(FILE, newer);

        Set<List<String>> names = new HashSet<>();
        for (int i = 0; i < CRASHES; i++) {
            FakeDisk after = disk.afterPowerLoss(random);
            names.add(after.list(DIRECTORY));
            for (String name : after.list(DIRECTORY)) {
                assertThat(after.content(DIRECTORY.resolve(name))).asString().isEqualTo("content");
            }
        }

        assertThat(names).containsExactlyInAnyOrder(List.of("file"), List.of("newer"), List.of("file", "newer"));
    }

    @Test
    void mayBringBackADeletedFile() throws IOException {
        forcedFile("there");
        disk.delete(FILE);

        assertThat(contentsAfterPowerLoss()).containsExactlyInAnyOrder("there", "no file");
    }

    @Test
    void keepsEverythingWhenTheProcessIsKilledAndMayStillLoseItLater() throws IOException {
        DiskFile file = disk.create(FILE);
        write(file, 0, "unforced");

        FakeDisk killed = disk.afterKill(random);

        assertThat(killed.content(FILE)).asString(StandardCharsets.ISO_8859_1).isEqualTo("unforced");
        assertThat(killed.isDurable(FILE)).isFalse();
    }

    @Test
    void takesDirtyBytesForCleanAfterAFailedForceAndMayLoseThem() throws IOException {
        forcedFile("old");
        DiskFile file = disk.open(FILE);
        write(file, 0, "new");
        disk.follow(call -> call.kind() == DiskCall.Kind.FORCE ? Fault.INPUT_OUTPUT : Fault.NONE);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class).hasMessageContaining("Input/output error");
        disk.follow(call -> Fault.NONE);

        file.force();

        assertThat(disk.content(FILE)).asString(StandardCharsets.ISO_8859_1).isEqualTo("new");
        assertThat(contentsAfterPowerLoss()).contains("old", "new");
    }

    @Test
    void makesBytesDurableThatAreWrittenAgainAfterAFailedForce() throws IOException {
        forcedFile("old");
        DiskFile file = disk.open(FILE);
        write(file, 0, "new");
        disk.follow(call -> call.kind() == DiskCall.Kind.FORCE ? Fault.INPUT_OUTPUT : Fault.NONE);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
        disk.follow(call -> Fault.NONE);

        write(file, 0, "new");
        file.force();

        assertThat(contentsAfterPowerLoss()).containsExactly("new");
    }

    @Test
    void writesAsMuchAsFitsWhenItIsFull() throws IOException {
        disk.leaveFree(4);
        DiskFile file = disk.create(FILE);

        assertThatThrownBy(() -> write(file, 0, "123456")).hasMessageContaining("No space left on device");

        assertThat(disk.content(FILE)).asString(StandardCharsets.ISO_8859_1).isEqualTo("1234");
        assertThat(disk.freeBytes()).isZero();
    }

    @Test
    void keepsADeletedFileReadableForThoseWhoHaveItOpen() throws IOException {
        forcedFile("there");
        DiskFile file = disk.openToRead(FILE);

        disk.delete(FILE);

        byte[] read = new byte[5];
        assertThat(file.read(0, read, 0, 5)).isEqualTo(5);
        assertThat(disk.exists(FILE)).isFalse();
    }

    @Test
    void refusesWhatAFileSystemRefuses() throws IOException {
        forcedFile("there");

        assertThatThrownBy(() -> disk.create(FILE)).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> disk.open(DIRECTORY.resolve("none"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> write(disk.openToRead(FILE), 0, "x")).hasMessageContaining("read only");
        DiskFile closed = disk.open(FILE);
        closed.close();
        assertThatThrownBy(closed::size).hasMessageContaining("closed");
    }

    @Test
    void leavesTheSameForTheSameSeed() throws IOException {
        forcedFile("a".repeat(3000));
        DiskFile file = disk.open(FILE);
        for (int i = 0; i < 20; i++) {
            write(file, i * 150L, Integer.toString(i).repeat(100));
        }

        byte[] first = disk.afterPowerLoss(new SplittableRandom(7)).content(FILE);
        byte[] second = disk.afterPowerLoss(new SplittableRandom(7)).content(FILE);
        byte[] other = disk.afterPowerLoss(new SplittableRandom(8)).content(FILE);

        assertThat(second).isEqualTo(first);
        assertThat(Arrays.equals(other, first)).isFalse();
    }

    private void forcedFile(String content) throws IOException {
        DiskFile file = disk.create(FILE);
        write(file, 0, content);
        file.force();
        disk.forceDirectory(DIRECTORY);
    }

    private Set<String> contentsAfterPowerLoss() throws IOException {
        Set<String> contents = new HashSet<>();
        for (int i = 0; i < CRASHES; i++) {
            FakeDisk after = disk.afterPowerLoss(random);
            contents.add(after.exists(FILE) ? new String(after.content(FILE), StandardCharsets.ISO_8859_1) : "no file");
        }
        return contents;
    }

    private static void write(DiskFile file, long position, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        file.write(position, List.of(ByteBuffer.wrap(bytes)));
    }
}
