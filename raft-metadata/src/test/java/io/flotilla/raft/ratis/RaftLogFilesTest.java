package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import io.flotilla.raft.ratis.RaftLogFiles.RaftLogEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RaftLogFilesTest {
    private static final long NOTHING_KEPT = -1;

    @TempDir
    Path directory;

    private Path current;
    private RaftLogFiles files;

    @BeforeEach
    void makeGroup() throws IOException {
        current = Files.createDirectories(directory.resolve("current"));
        files = new RaftLogFiles(directory);
        vote("term=9\nvotedFor=1\n");
    }

    private void vote(String text) throws IOException {
        Files.writeString(current.resolve("raft-meta"), text);
    }

    private Path closed(long first, long last) throws IOException {
        return new RaftLogWriter(first)
                .upTo(last, 1, true)
                .writeTo(current.resolve("log_%d-%d".formatted(first, last)));
    }

    private Path open(long first, long last) throws IOException {
        return new RaftLogWriter(first).upTo(last, 1, true).writeTo(current.resolve("log_inprogress_" + first));
    }

    private List<Long> mend(long stored) throws IOException, UntrustedLogException {
        return files.mend(stored, NOTHING_KEPT).stream()
                .map(e -> e.at().index())
                .toList();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> list = Files.list(current)) {
            return list.map(p -> String.valueOf(p.getFileName()))
                    .filter(name -> name.startsWith("log_"))
                    .sorted()
                    .toList();
        }
    }

    private static List<Long> range(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    /** What the log holds after mending, read anew. */
    private void assertHolds(long last) throws IOException, UntrustedLogException {
        assertThat(mend(-1)).isEqualTo(range(0, last));
    }

    @Test
    void entriesAboveTheMarkAreReturned() throws Exception {
        closed(0, 9);
        open(10, 14);

        assertThat(mend(7)).isEqualTo(range(8, 14));
        assertThat(names()).containsExactly("log_0-9", "log_inprogress_10");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 10, 20})
    void aTornTailAboveTheMarkIsCut(int missing) throws Exception {
        closed(0, 9);
        Path open = open(10, 14);
        byte[] bytes = Files.readAllBytes(open);
        Files.write(open, Arrays.copyOf(bytes, bytes.length - missing));

        assertThat(mend(13)).isEmpty();

        assertThat(new RaftLogWriter(10).upTo(13, 1, true).bytes()).isEqualTo(Files.readAllBytes(open));
        assertHolds(13);
    }

    @Test
    void aTornTailAtTheMarkIsRefusedAndLeftAsItIs() throws Exception {
        closed(0, 9);
        Path open = open(10, 14);
        byte[] torn = Arrays.copyOf(Files.readAllBytes(open), (int) Files.size(open) - 3);
        Files.write(open, torn);

        assertThatThrownBy(() -> mend(14))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("ends at entry 13")
                .hasMessageContaining("up to 14 were stored here");

        assertThat(Files.readAllBytes(open)).isEqualTo(torn);
    }

    @Test
    void aFlippedBitInAnOpenFileIsRefusedUpToTheMarkAndCutAboveIt() throws Exception {
        closed(0, 9);
        Path open = open(10, 14);
        int before12 = new RaftLogWriter(10).upTo(11, 1, true).size();
        byte[] damaged = Files.readAllBytes(open);
        damaged[before12 + 5] ^= 1;
        Files.write(open, damaged);

        assertThatThrownBy(() -> mend(12)).isInstanceOf(UntrustedLogException.class);
        assertThat(Files.readAllBytes(open)).isEqualTo(damaged);

        assertThat(mend(10)).containsExactly(11L);
        assertHolds(11);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 3, 9, 12})
    void aFlippedBitInAClosedFileIsRefusedWhereverTheMarkIs(long stored) throws Exception {
        Path closed = closed(0, 9);
        open(10, 14);
        byte[] damaged = Files.readAllBytes(closed);
        damaged[damaged.length / 2] ^= 1;
        Files.write(closed, damaged);

        assertThatThrownBy(() -> mend(stored))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("is damaged");
        assertThat(names()).containsExactly("log_0-9", "log_inprogress_10");
    }

    @Test
    void aMissingFileBelowTheMarkIsRefusedAndNothingIsDeleted() throws Exception {
        closed(0, 9);
        closed(20, 29);
        open(30, 31);

        assertThatThrownBy(() -> mend(25))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("entries from 10 to 19 are missing");
        assertThat(names()).hasSize(3);
    }

    @Test
    void aMissingFirstFileIsRefused() throws Exception {
        closed(10, 19);

        assertThatThrownBy(() -> mend(15))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("begins at entry 10");
    }

    @Test
    void aCutThatHadDeletedOneOfSeveralFilesIsFinished() throws Exception {
        closed(0, 9);
        closed(20, 29);
        open(30, 31);

        assertThat(mend(8)).containsExactly(9L);

        assertThat(names()).containsExactly("log_0-9");
    }

    @Test
    void aCutThatHadShortenedAFileButNotRenamedItIsFinished() throws Exception {
        closed(0, 9);
        new RaftLogWriter(10).upTo(14, 1, true).writeTo(current.resolve("log_10-19"));

        assertThat(mend(12)).containsExactly(13L, 14L);

        assertThat(names()).containsExactly("log_0-9", "log_10-14");
        assertHolds(14);
    }

    @Test
    void aFileShortenedBelowTheMarkIsRefused() throws Exception {
        closed(0, 9);
        new RaftLogWriter(10).upTo(14, 1, true).writeTo(current.resolve("log_10-19"));

        assertThatThrownBy(() -> mend(15)).isInstanceOf(UntrustedLogException.class);
        assertThat(names()).containsExactly("log_0-9", "log_10-19");
    }

    @Test
    void aLogWhoseBeginningWasPurgedIsWhole() throws Exception {
        closed(10, 19);
        open(20, 22);

        assertThat(files.mend(17, 15)).extracting(e -> e.at().index()).isEqualTo(range(18, 22));
        assertThat(names()).containsExactly("log_10-19", "log_inprogress_20");
    }

    @Test
    void whatAnInterruptedPurgeLeftIsDropped() throws Exception {
        closed(0, 4);
        closed(10, 19);
        open(20, 22);

        assertThat(files.mend(22, 15)).isEmpty();
        assertThat(names()).containsExactly("log_10-19", "log_inprogress_20");
    }

    @Test
    void aGapBehindWhatIsKeptIsRefused() throws Exception {
        closed(0, 4);
        closed(10, 19);

        assertThatThrownBy(() -> files.mend(15, 8)).isInstanceOf(UntrustedLogException.class);
        assertThat(names()).containsExactly("log_0-4", "log_10-19");
    }

    @Test
    void aLogThatBeginsBehindWhatIsKeptIsRefused() throws Exception {
        closed(10, 19);

        assertThatThrownBy(() -> files.mend(NOTHING_KEPT, 8))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("begins at entry 10")
                .hasMessageContaining("only up to 8");
        assertThat(names()).containsExactly("log_10-19");
    }

    @Test
    void aLogThatIsMadeToBeginAnewIsEmptyAndKeepsTheVote() throws Exception {
        closed(0, 9);
        open(10, 14);

        files.beginBehind(new TermIndex(4, 20));

        assertThat(names()).isEmpty();
        assertThat(files.mend(20, 20)).isEmpty();
        assertThat(current.resolve("raft-meta")).hasContent("term=9\nvotedFor=1\n");
        assertThatThrownBy(() -> files.mend(21, 21)).isInstanceOf(UntrustedLogException.class);
        assertThatThrownBy(() -> files.mend(19, 19)).isInstanceOf(UntrustedLogException.class);
        open(21, 22);
        assertThat(files.mend(20, 20)).extracting(e -> e.at().index()).containsExactly(21L, 22L);
    }

    @Test
    void aGroupWithoutFilesCanBeMadeToBeginSomewhere() throws Exception {
        RaftLogFiles none = new RaftLogFiles(directory.resolve("none"));

        none.beginBehind(new TermIndex(4, 20));

        assertThat(none.exist()).isFalse();
        assertThat(none.haveBegun()).isTrue();
        assertThat(none.mend(20, 20)).isEmpty();
    }

    @Test
    void knowsTheTermOfEveryEntry() throws Exception {
        closed(0, 5);
        new RaftLogWriter(6).upTo(7, 2, true).writeTo(current.resolve("log_inprogress_6"));

        assertThat(files.termOf(5)).hasValue(1);
        assertThat(files.termOf(7)).hasValue(2);
        assertThat(files.termOf(8)).isEmpty();
    }

    @Test
    void ofTwoFilesThatOverlapTheLaterCountsFromItsFirstEntry() throws Exception {
        closed(0, 9);
        new RaftLogWriter(6).upTo(12, 2, true).writeTo(current.resolve("log_inprogress_6"));

        List<RaftLogEntry> tail = files.mend(4, NOTHING_KEPT);

        assertThat(tail).extracting(e -> e.at().term()).containsExactly(1L, 2L, 2L, 2L, 2L, 2L, 2L, 2L);
        assertThat(names()).containsExactly("log_0-5", "log_inprogress_6");
    }

    @Test
    void aFileThatAnotherReplacesWhollyIsDropped() throws Exception {
        closed(0, 5);
        closed(6, 9);
        new RaftLogWriter(6).upTo(7, 2, true).writeTo(current.resolve("log_inprogress_6"));

        assertThat(files.mend(5, NOTHING_KEPT)).extracting(e -> e.at().term()).containsExactly(2L, 2L);
        assertThat(names()).containsExactly("log_0-5", "log_inprogress_6");
    }

    @Test
    void anOpenFileBeforeAnotherIsClosedWhereTheOtherBegins() throws Exception {
        open(0, 9);
        open(10, 12);

        assertThat(mend(-1)).isEqualTo(range(0, 12));
        assertThat(names()).containsExactly("log_0-9", "log_inprogress_10");
    }

    @Test
    void anOverlappedFileThatIsDamagedBeforeTheOverlapIsNotTouchedIfItWasStored() throws Exception {
        Path closed = closed(0, 9);
        new RaftLogWriter(8).upTo(12, 2, true).writeTo(current.resolve("log_inprogress_8"));
        byte[] damaged = Files.readAllBytes(closed);
        damaged[new RaftLogWriter(0).upTo(3, 1, true).size() + 3] ^= 1;
        Files.write(closed, damaged);

        assertThatThrownBy(() -> mend(7)).isInstanceOf(UntrustedLogException.class);

        assertThat(Files.readAllBytes(closed)).isEqualTo(damaged);
        assertThat(names()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 4096})
    void anOpenFileWithoutEntriesIsDeleted(int length) throws Exception {
        closed(0, 9);
        byte[] begun = Arrays.copyOf(new RaftLogWriter(10).bytes(), length);
        Files.write(current.resolve("log_inprogress_10"), begun);

        assertThat(mend(9)).isEmpty();

        assertThat(names()).containsExactly("log_0-9");
    }

    @Test
    void nothingAtAllIsRefusedOnceSomethingWasStored() throws Exception {
        assertThat(mend(-1)).isEmpty();
        assertThatThrownBy(() -> mend(0)).isInstanceOf(UntrustedLogException.class);
    }

    @Test
    void theLogIsCutAtAnyEntry() throws Exception {
        for (long index = 0; index <= 25; index++) {
            closed(0, 9);
            closed(10, 19);
            open(20, 24);

            files.cutFrom(index);

            assertHolds(index - 1);
            assertThat(names()).allMatch(name -> !name.endsWith("-9") || name.equals("log_0-9"));
            for (String name : names()) {
                Files.delete(current.resolve(name));
            }
        }
    }

    @Test
    void aVoteThatIsMissingDamagedOrOlderThanTheLogIsRefused() throws Exception {
        open(0, 4);
        for (String bad : List.of("", "term=x\nvotedFor=1\n", "term=5\n", "term=0\nvotedFor=1\n", "\\u00")) {
            vote(bad);
            assertThatThrownBy(() -> mend(-1)).as(bad).isInstanceOf(UntrustedLogException.class);
        }
        Files.delete(current.resolve("raft-meta"));
        assertThatThrownBy(() -> mend(-1))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("vote");

        vote("term=1\nvotedFor=2\n");
        assertThat(mend(3)).containsExactly(4L);
    }

    @Test
    void theVoteIsComparedWithTheLogEvenIfAllOfItWasStored() throws Exception {
        new RaftLogWriter(0).upTo(4, 3, true).writeTo(current.resolve("log_0-4"));
        vote("term=2\nvotedFor=1\n");

        assertThatThrownBy(() -> mend(4))
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("term 2")
                .hasMessageContaining("term 3");
    }
}
