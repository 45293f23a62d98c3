package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.raft.TermIndex;
import io.flotilla.raft.ratis.RaftLogFiles.RaftLogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftLogReaderTest {
    @TempDir
    Path directory;

    @Test
    void entriesAreReadWithTermIndexAndWhetherTheyHaveAPayload() throws IOException {
        byte[] bytes = new RaftLogWriter(7).entry(3, true).entry(4, false).bytes();

        List<RaftLogEntry> entries = entries(reader(bytes, 7));

        assertThat(entries)
                .containsExactly(
                        new RaftLogEntry(new TermIndex(3, 7), true), new RaftLogEntry(new TermIndex(4, 8), false));
    }

    @Test
    void aLastEntryTornAtAnyByteIsNotReadAndTheOnesBeforeAre() throws IOException {
        RaftLogWriter log = new RaftLogWriter(0).upTo(2, 1, true);
        int whole = log.size();
        byte[] bytes = log.entry(1, true).bytes();
        for (int length = whole; length < bytes.length; length++) {
            RaftLogReader reader = reader(Arrays.copyOf(bytes, length), 0);

            assertThat(entries(reader)).as("torn at %d", length).hasSize(3);
            assertThat(reader.nextIndex()).isEqualTo(3);
            assertThat(reader.position()).isEqualTo(whole);
            assertThat(reader.endedCleanly()).as("torn at %d", length).isEqualTo(length == whole);
        }
    }

    @Test
    void aLastEntryOfWhichOnlyTheBeginningReachedThePreallocatedZerosIsNotRead() throws IOException {
        RaftLogWriter log = new RaftLogWriter(0).upTo(2, 1, true);
        int whole = log.size();
        byte[] bytes = log.entry(1, true).bytes();
        for (int length = whole; length < bytes.length; length++) {
            byte[] padded = Arrays.copyOf(Arrays.copyOf(bytes, length), bytes.length + 100);
            RaftLogReader reader = reader(padded, 0);

            // a checksum that ends in zeros is whole without them
            boolean lost = !Arrays.equals(Arrays.copyOf(padded, bytes.length), bytes);
            assertThat(entries(reader)).as("zeros from %d", length).hasSize(lost ? 3 : 4);
        }
    }

    @Test
    void aFlippedBitAnywhereInAnEntryEndsTheReadingThere() throws IOException {
        RaftLogWriter log = new RaftLogWriter(0).upTo(1, 1, true);
        int begin = log.size();
        int end = log.entry(1, true).size();
        byte[] bytes = log.entry(1, true).bytes();
        for (int bit = begin * 8; bit < end * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            RaftLogReader reader = reader(damaged, 0);

            assertThat(entries(reader)).as("bit %d flipped", bit).hasSize(2);
            assertThat(reader.endedCleanly()).isFalse();
        }
    }

    @Test
    void spaceSetAsideBehindTheLastEntryIsACleanEnd() throws IOException {
        byte[] bytes = new RaftLogWriter(0).upTo(2, 1, true).bytes();

        RaftLogReader reader = reader(Arrays.copyOf(bytes, bytes.length + 4096), 0);

        assertThat(entries(reader)).hasSize(3);
        assertThat(reader.endedCleanly()).isTrue();
    }

    @Test
    void anEntryWithAnotherIndexThanItsPlaceEndsTheReading() throws IOException {
        byte[] bytes = new RaftLogWriter(5).upTo(6, 1, true).bytes();

        RaftLogReader reader = reader(bytes, 4);

        assertThat(entries(reader)).isEmpty();
        assertThat(reader.isEmpty()).isTrue();
    }

    @Test
    void aFileThatDoesNotBeginAsARaftLogHasNoEntriesAndNoCleanEnd() throws IOException {
        byte[] bytes = new RaftLogWriter(0).upTo(2, 1, true).bytes();
        for (int length = 0; length < 8; length++) {
            RaftLogReader reader = reader(Arrays.copyOf(bytes, length), 0);

            assertThat(entries(reader)).isEmpty();
            assertThat(reader.endedCleanly()).isFalse();
        }
    }

    private RaftLogReader reader(byte[] bytes, long firstIndex) throws IOException {
        return new RaftLogReader(Files.write(directory.resolve("log"), bytes), firstIndex);
    }

    private static List<RaftLogEntry> entries(RaftLogReader reader) {
        List<RaftLogEntry> entries = new ArrayList<>();
        for (RaftLogEntry entry; (entry = reader.next()) != null; ) {
            entries.add(entry);
        }
        return entries;
    }
}
