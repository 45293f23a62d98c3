package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.raft.MemoryMachine;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every state in which a crash can leave a Raft log and its payloads. */
class TailReconcilerTest {
    @TempDir
    Path directory;

    private final MemoryMachine machine = new MemoryMachine();
    private RaftLogFiles files;

    @BeforeEach
    void makeGroup() {
        files = new RaftLogFiles(directory);
    }

    private void headers(long last, long term) throws IOException {
        Path current = Files.createDirectories(directory.resolve("current"));
        Files.writeString(current.resolve("raft-meta"), "term=9\nvotedFor=1\n");
        new RaftLogWriter(0).upTo(0, term, false).upTo(last, term, true).writeTo(current.resolve("log_inprogress_0"));
    }

    private void payloads(long first, long last, long term) {
        for (long i = first; i <= last; i++) {
            machine.write(new TermIndex(term, i), "payload".getBytes(StandardCharsets.UTF_8));
        }
    }

    private void reconcile() throws IOException, UntrustedLogException {
        new TailReconciler("g", files, machine).reconcile();
    }

    private List<Long> headersLeft() throws IOException, UntrustedLogException {
        return files.mend(-1, -1).stream().map(e -> e.at().index()).toList();
    }

    @Test
    void logsThatAgreeAreLeftAlone() throws Exception {
        headers(4, 1);
        payloads(1, 4, 1);

        reconcile();

        assertThat(headersLeft()).hasSize(5);
        assertThat(machine.kept()).hasSize(4);
    }

    @Test
    void payloadsWithoutHeadersAreDropped() throws Exception {
        headers(3, 1);
        payloads(1, 5, 1);

        reconcile();

        assertThat(machine.last()).isEqualTo(new TermIndex(1, 3));
        assertThat(headersLeft()).hasSize(4);
    }

    @Test
    void headersWhosePayloadsWereBeingCutAreCutToo() throws Exception {
        headers(5, 1);
        payloads(1, 5, 1);
        machine.truncate(3);

        reconcile();

        assertThat(headersLeft()).containsExactly(0L, 1L, 2L);
        assertThat(machine.last().index()).isEqualTo(2);
    }

    @Test
    void headersThatWereBeingOverwrittenAreCutWithThePayloadsOfTheNewTerm() throws Exception {
        headers(5, 1);
        payloads(1, 5, 1);
        machine.truncate(3);
        payloads(3, 4, 2);

        reconcile();

        assertThat(headersLeft()).containsExactly(0L, 1L, 2L);
        assertThat(machine.last()).isEqualTo(new TermIndex(1, 2));
    }

    @Test
    void aHeaderWhosePayloadIsGoneForNoReasonIsNotTrusted() throws Exception {
        headers(5, 1);
        payloads(1, 3, 1);

        assertThatThrownBy(this::reconcile)
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("payload of entry 4");
        assertThat(headersLeft()).hasSize(6);
    }

    @Test
    void aPayloadGoneBelowAnEarlierCutIsNotTrusted() throws Exception {
        headers(5, 1);
        payloads(1, 2, 1);
        machine.truncate(5);

        assertThatThrownBy(this::reconcile).isInstanceOf(UntrustedLogException.class);
    }

    @Test
    void entriesThatNeverHadAPayloadNeedNone() throws Exception {
        Path current = Files.createDirectories(directory.resolve("current"));
        Files.writeString(current.resolve("raft-meta"), "term=9\nvotedFor=1\n");
        new RaftLogWriter(0).upTo(4, 1, false).writeTo(current.resolve("log_inprogress_0"));

        reconcile();

        assertThat(headersLeft()).hasSize(5);
    }

    @Test
    void aNewGroupHasNothingToReconcile() throws Exception {
        reconcile();

        assertThat(machine.last()).isEqualTo(TermIndex.NONE);
    }

    @Test
    void aRaftLogThatIsGoneIsNoticedByItsMark() {
        machine.confirm(7);

        assertThatThrownBy(this::reconcile)
                .isInstanceOf(UntrustedLogException.class)
                .hasMessageContaining("up to 7");
    }

    @Test
    void aRaftLogThatIsGoneIsNoticedByItsPayloads() {
        payloads(1, 3, 1);

        assertThatThrownBy(this::reconcile).isInstanceOf(UntrustedLogException.class);
    }
}
