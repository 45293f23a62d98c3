package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.io.DiskCall.Kind;
import io.flotilla.log.io.Fault;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OfflineLogTest {
    private static final String SECOND = "00000000000000000010";

    private final LogFixture fixture;
    private final OfflineLog offline;

    OfflineLogTest() throws Exception {
        fixture = new LogFixture(0);
        offline = fixture.store.inspect(LogFixture.DIRECTORY);
    }

    @BeforeEach
    void writeThreeSegments() throws Exception {
        fixture.appendAndFlush(12);
        fixture.log.close();
    }

    @Test
    void findsAGoodLogGood() throws Exception {
        LogReport report = offline.verify();

        assertThat(report.problem()).isEmpty();
        assertThat(report.logStart()).isZero();
        assertThat(report.endOffset()).isEqualTo(24);
        assertThat(report.flushedOffset()).isEqualTo(24);
        assertThat(report.batches()).isEqualTo(12);
        assertThat(report.bytes()).isEqualTo(12 * LogFixture.FRAME_BYTES);
        assertThat(report.unfinishedBytes()).isZero();
        assertThat(report.sha256()).isEqualTo(sha256(fixture.model.frames()));
    }

    @Test
    void digestsAndVisitsOnlyTheRangeThatIsAskedFor() throws Exception {
        List<String> places = new ArrayList<>();

        LogReport report = offline.visit(
                9,
                15,
                (file, position, header, body) -> places.add("%s:%d offset %d of %d bytes"
                        .formatted(file.getFileName(), position, header.baseOffset(), body.remaining())));

        assertThat(places)
                .containsExactly(SECOND + ".log:0 offset 10 of 128 bytes", SECOND + ".log:200 offset 12 of 128 bytes");
        assertThat(report.sha256()).isEqualTo(sha256(fixture.model.frames().subList(5, 7)));
        assertThat(report.endOffset()).isEqualTo(24);
    }

    @Test
    void changesNothing() throws Exception {
        List<Kind> changes = new ArrayList<>();
        fixture.disk.follow(call -> {
            if (call.kind().isChange()) {
                changes.add(call.kind());
            }
            return Fault.NONE;
        });

        offline.verify();

        assertThat(changes).isEmpty();
    }

    @Test
    void pointsAtTheDamagedFrame() throws Exception {
        damage(SECOND + ".log", content -> content[2 * LogFixture.FRAME_BYTES + 80]++);

        LogReport report = offline.verify();

        assertThat(report.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.file()).isEqualTo(LogFixture.file(SECOND + ".log"));
            assertThat(problem.position()).isEqualTo(400);
            assertThat(problem.reason()).startsWith("the body's checksum is");
            assertThat(problem.isRepairable()).isFalse();
        });
        assertThat(report.endOffset()).isEqualTo(14);
    }

    @Test
    void reportsADamagedIndexAsRepairable() throws Exception {
        damage(SECOND + ".idx", content -> content[IndexFile.ROW_BYTES + 3]++);

        LogReport report = offline.verify();

        assertThat(report.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.file()).isEqualTo(LogFixture.file(SECOND + ".idx"));
            assertThat(problem.isRepairable()).isTrue();
        });
        assertThat(report.endOffset()).isEqualTo(24);
    }

    @Test
    void reportsAMissingIndexAsRepairable() throws Exception {
        fixture.disk.delete(LogFixture.file(SECOND + ".idx"));

        assertThat(offline.verify().problem()).hasValueSatisfying(problem -> {
            assertThat(problem.reason()).isEqualTo("it is missing");
            assertThat(problem.isRepairable()).isTrue();
        });
    }

    @Test
    void reportsAMissingSegment() throws Exception {
        fixture.disk.delete(LogFixture.file(SECOND + ".log"));

        LogReport report = offline.verify();

        assertThat(report.problem()).hasValueSatisfying(problem -> {
            assertThat(problem.file()).isEqualTo(LogFixture.file("00000000000000000020.log"));
            assertThat(problem.reason()).contains("does not follow offset 10");
        });
        assertThat(report.endOffset()).isEqualTo(10);
    }

    @Test
    void reportsALogThatEndsBeforeTheMark() throws Exception {
        fixture.disk.delete(LogFixture.file("00000000000000000020.log"));

        assertThat(offline.verify().problem()).hasValueSatisfying(problem -> {
            assertThat(problem.file()).isEqualTo(LogFixture.file("mark"));
            assertThat(problem.reason()).isEqualTo("offset 24 was flushed, but 20 is the end");
        });
    }

    @Test
    void reportsAMissingMark() throws Exception {
        fixture.disk.delete(LogFixture.file("mark"));

        LogReport report = offline.verify();

        assertThat(report.problem())
                .hasValueSatisfying(problem -> assertThat(problem.reason()).contains("it is missing"));
        assertThat(report.batches()).isEqualTo(12);
    }

    @Test
    void takesATornTailForWhatItIs() throws Exception {
        fixture.disk.damage(
                LogFixture.file("00000000000000000020.log"), content -> Arrays.copyOf(content, content.length + 77));

        LogReport report = offline.verify();

        assertThat(report.problem()).isEmpty();
        assertThat(report.unfinishedBytes()).isEqualTo(77);
        assertThat(report.endOffset()).isEqualTo(24);
    }

    @Test
    void leavesOutWhatIsTrimmed() throws Exception {
        Log log = fixture.store.open(LogFixture.DIRECTORY, LogFixture.CONFIG);
        log.trimTo(13);
        log.reclaim(Long.MAX_VALUE);
        log.close();

        LogReport report = offline.verify();

        assertThat(report.problem()).isEmpty();
        assertThat(report.logStart()).isEqualTo(13);
        assertThat(report.batches()).isEqualTo(7);
    }

    @Test
    void saysThatADirectoryHoldsNoLog() throws Exception {
        LogReport report = fixture.store.inspect(Path.of("/data/none")).verify();

        assertThat(report.problem()).isPresent();
        assertThat(report.batches()).isZero();
    }

    private interface Damage {
        void to(byte[] content);
    }

    private void damage(String name, Damage damage) throws Exception {
        fixture.disk.damage(LogFixture.file(name), content -> {
            damage.to(content);
            return content;
        });
    }

    private static String sha256(List<ModelFrame> frames) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        frames.forEach(frame -> digest.update(frame.bytes));
        return HexFormat.of().formatHex(digest.digest());
    }
}
