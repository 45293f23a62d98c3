package io.flotilla.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoredMarkTest {
    private static final int SLOT_BYTES = 4096;
    private static final int FIELDS_BYTES = 20;

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("stored");
    }

    private long reopened() throws IOException, UntrustedLogException {
        try (FileStoredMark mark = FileStoredMark.open(file())) {
            return mark.storedIndex();
        }
    }

    @Test
    void aNewMarkSaysNothingAndLeavesNoUnfinishedFile() throws Exception {
        assertThat(reopened()).isEqualTo(StoredMark.NOTHING);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file());
        }
    }

    @Test
    void aMarkWhoseCreationWasInterruptedIsMadeAnew() throws Exception {
        Files.write(directory.resolve("stored.new"), new byte[5]);

        assertThat(reopened()).isEqualTo(StoredMark.NOTHING);
    }

    @Test
    void whatWasConfirmedLastIsFoundAgainWithoutAClose() throws Exception {
        FileStoredMark mark = FileStoredMark.open(file());
        for (long index = 0; index < 10; index++) {
            mark.confirm(index);

            assertThat(reopened()).isEqualTo(index);
        }
        mark.close();
    }

    @Test
    void theMarkNeverGoesBack() throws Exception {
        try (FileStoredMark mark = FileStoredMark.open(file())) {
            mark.confirm(10);
            mark.confirm(4);

            assertThat(mark.storedIndex()).isEqualTo(10);
        }
        assertThat(reopened()).isEqualTo(10);
    }

    @Test
    void aWriteTornAtAnyByteLeavesTheOneBefore() throws Exception {
        byte[] before;
        byte[] after;
        try (FileStoredMark mark = FileStoredMark.open(file())) {
            mark.confirm(0x0101010101010101L);
            mark.confirm(0x0202020202020202L);
            before = Files.readAllBytes(file());
            mark.confirm(0x0303030303030303L);
            after = Files.readAllBytes(file());
        }
        int slot = SLOT_BYTES * (before[SLOT_BYTES + 10] == after[SLOT_BYTES + 10] ? 0 : 1);
        for (int written = 0; written < FIELDS_BYTES; written++) {
            byte[] torn = before.clone();
            System.arraycopy(after, slot, torn, slot, written);
            Files.write(file(), torn);

            assertThat(reopened()).as("torn after %d bytes", written).isEqualTo(0x0202020202020202L);
        }
    }

    @Test
    void aFlippedBitInOneSlotIsNotBelieved() throws Exception {
        byte[] whole;
        try (FileStoredMark mark = FileStoredMark.open(file())) {
            mark.confirm(41);
            mark.confirm(42);
            whole = Files.readAllBytes(file());
        }
        for (int slot = 0; slot <= SLOT_BYTES; slot += SLOT_BYTES) {
            for (int bit = 0; bit < FIELDS_BYTES * 8; bit++) {
                byte[] damaged = whole.clone();
                damaged[slot + bit / 8] ^= (byte) (1 << bit % 8);
                Files.write(file(), damaged);

                assertThat(reopened()).isBetween(41L, 42L);
            }
        }
    }

    @Test
    void aMarkWithoutAWholeSlotIsNotTrusted() throws Exception {
        Files.write(file(), new byte[2 * SLOT_BYTES]);

        assertThatThrownBy(() -> FileStoredMark.open(file()))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("stored has no valid slot");
    }

    @Test
    void closingTwiceDoesNothing() throws Exception {
        FileStoredMark mark = FileStoredMark.open(file());
        mark.confirm(3);

        mark.close();
        mark.close();

        assertThat(reopened()).isEqualTo(3);
    }
}
