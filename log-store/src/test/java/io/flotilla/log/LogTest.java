package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogTest {
    private final LogFixture fixture;

    LogTest() throws Exception {
        fixture = new LogFixture(0);
    }

    private Log log() {
        return fixture.log;
    }

    @Test
    void startsEmpty() throws Exception {
        assertThat(log().isNew()).isTrue();
        assertThat(log().end()).isEqualTo(LogEnd.EMPTY);
        assertThat(log().logStart()).isZero();
        assertThat(log().read(0, 0, 100).isEmpty()).isTrue();
        assertThat(log().readEntry(0)).isEqualTo(new StoredEntry.Absent());
        assertThat(log().firstBatchAtOrAfter(0)).isEmpty();
        assertThat(log().endOffsetOfTerm(7)).isZero();
        assertThat(log().endOffsetOf(7)).isZero();
        assertThat(log().truncatedFrom()).isEmpty();
    }

    @Test
    void givesALeadersBatchesTheirOffsets() throws Exception {
        byte[] frames = TestFrames.joined(
                TestFrames.unassigned(3, fixture.body(), 1000, 900),
                TestFrames.unassigned(2, fixture.body(), 1001, 950));

        AppendResult result = log().append(17, 4, frames);

        assertThat(result).isEqualTo(new AppendResult(0, 5));
        List<BatchHeader> headers = new ArrayList<>();
        log().read(0, 5, 10_000).forEachFrame((header, body) -> headers.add(header));
        assertThat(headers).extracting(BatchHeader::baseOffset).containsExactly(0L, 3L);
        assertThat(headers).extracting(BatchHeader::nextOffset).containsExactly(3L, 5L);
        assertThat(headers).extracting(BatchHeader::raftIndex).containsOnly(17L);
        assertThat(headers).extracting(BatchHeader::term).containsOnly(4);
        assertThat(headers).extracting(BatchHeader::recordCount).containsExactly(3L, 2L);
    }

    @Test
    void aFollowerThatTakesALeadersFramesHoldsTheSameBytes() throws Exception {
        LogFixture follower = new LogFixture(0);
        for (int i = 0; i < 12; i++) {
            byte[] frame = TestFrames.unassigned(1 + i % 3, fixture.body(), 1000 + i, 900);
            log().append(i * 2L, i / 5, frame);
            follower.log.append(i * 2L, i / 5, frame.clone());
        }

        log().flush();
        follower.log.flush();

        for (String name : fixture.files(".log")) {
            assertThat(follower.disk.content(LogFixture.file(name)))
                    .isEqualTo(fixture.disk.content(LogFixture.file(name)));
        }
        assertThat(follower.files(".log")).hasSizeGreaterThan(2).isEqualTo(fixture.files(".log"));
    }

    @Test
    void refusesFramesThatDoNotContinueTheLogAndChangesNothing() throws Exception {
        fixture.append(5, 3);

        refused(6, 3, frame(3, 6, 3), "starts at offset 3, but the log ends at 2");
        refused(6, 3, frame(0, 6, 3), "starts at offset 0, but the log ends at 2");
        refused(6, 3, frame(2, 7, 3), "says raft index 7 of term 3");
        refused(6, 3, frame(2, 6, 4), "says raft index 6 of term 4");
        refused(6, 2, frame(2, 6, 2), "cannot follow raft index 5 of term 3");
        refused(6, 3, new byte[0], "there is no frame");
        refused(6, 3, Arrays.copyOf(frame(2, 6, 3), 60), "only 60 of the 72 bytes of a header");
        refused(6, 3, Arrays.copyOf(frame(2, 6, 3), 100), "only 28 of the 128 bytes of a body");
        refused(6, 3, TestFrames.joined(frame(2, 6, 3), frame(2, 6, 3)), "starts at offset 2, but the log ends at 4");
        refused(
                6,
                3,
                TestFrames.joined(TestFrames.unassigned(1, fixture.body(), 1, 1), frame(3, 6, 3)),
                "some frames have offsets and some have not");

        assertThat(log().end()).isEqualTo(new LogEnd(2, 5, 3));
        assertThat(log().unflushedBytes()).isEqualTo(LogFixture.FRAME_BYTES);
    }

    @Test
    void refusesAFrameOfWhichAnyByteIsDamaged() throws Exception {
        byte[] good = frame(0, 6, 3);
        for (int at = 0; at < good.length; at++) {
            byte[] bad = good.clone();
            bad[at] ^= 1;
            assertThatThrownBy(() -> log().append(6, 3, bad))
                    .describedAs("byte " + at)
                    .isInstanceOf(InvalidFramesException.class);
        }
    }

    private void refused(long raftIndex, int term, byte[] frames, String why) {
        byte[] before = frames.clone();
        assertThatThrownBy(() -> log().append(raftIndex, term, frames))
                .isInstanceOf(InvalidFramesException.class)
                .hasMessageContaining(why);
        assertThat(frames).isEqualTo(before);
    }

    private byte[] frame(long baseOffset, long raftIndex, int term) {
        return TestFrames.frame(baseOffset, 2, raftIndex, term, fixture.body(), 1000, 1000);
    }

    @Test
    void doesNoInputOrOutputToAppendOrToReadWhatIsNotFlushed() throws Exception {
        int before = fixture.disk.calls();

        ModelFrame frame = fixture.append();
        LogSlice slice = log().read(0, 2, 1000);

        assertThat(fixture.disk.calls()).isEqualTo(before);
        assertThat(slice.bytes()).isEqualTo(frame.bytes);
    }

    @Test
    void readsAsManyWholeFramesAsFit() throws Exception {
        fixture.appendAndFlush(4);

        assertThat(log().read(0, 8, 1).nextOffset()).isEqualTo(2);
        assertThat(log().read(0, 8, 2 * LogFixture.FRAME_BYTES - 1).nextOffset())
                .isEqualTo(2);
        assertThat(log().read(0, 8, 2 * LogFixture.FRAME_BYTES).nextOffset()).isEqualTo(4);
        assertThat(log().read(3, 8, 2 * LogFixture.FRAME_BYTES).firstOffset()).isEqualTo(2);
        assertThat(log().read(0, 4, 10_000).nextOffset()).isEqualTo(4);
        assertThat(log().read(0, 3, 10_000).nextOffset()).isEqualTo(2);
        assertThat(log().read(2, 3, 10_000).isEmpty()).isTrue();
        assertThat(log().read(8, 8, 10_000).isEmpty()).isTrue();
    }

    @Test
    void refusesOffsetsOutsideWhatTheCallerMaySee() throws Exception {
        fixture.appendAndFlush(6);
        log().trimTo(4);
        log().reclaim(Long.MAX_VALUE);

        assertThatThrownBy(() -> log().read(3, 8, 100))
                .isInstanceOfSatisfying(OffsetOutOfRangeException.class, e -> {
                    assertThat(e.offset()).isEqualTo(3);
                    assertThat(e.logStart()).isEqualTo(4);
                    assertThat(e.end()).isEqualTo(8);
                })
                .hasMessageContaining("offset 3 is not in 4 to 8");
        assertThatThrownBy(() -> log().read(9, 8, 100)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> log().read(13, 100, 100)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThatThrownBy(() -> log().termAt(12)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void aSliceWritesAndVisitsItsFramesAndOutlivesTheirFiles() throws Exception {
        fixture.appendAndFlush(12);
        LogSlice slice = log().read(0, 24, 3 * LogFixture.FRAME_BYTES);

        log().trimTo(24);
        log().reclaim(Long.MAX_VALUE);

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        slice.writeTo(written);
        byte[] expected = TestFrames.joined(fixture.model.frames().subList(0, 3).stream()
                .map(frame -> frame.bytes)
                .toArray(byte[][]::new));
        assertThat(written.toByteArray()).isEqualTo(expected);
        assertThat(slice.sizeBytes()).isEqualTo(expected.length);
        List<ByteBuffer> bodies = new ArrayList<>();
        slice.forEachFrame((header, body) -> bodies.add(body));
        assertThat(bodies).hasSize(3).allSatisfy(body -> {
            assertThat(body.isReadOnly()).isTrue();
            assertThat(body.remaining()).isEqualTo(LogFixture.BODY_BYTES);
        });
        assertThat(bodies.get(1)).isEqualTo(ByteBuffer.wrap(expected, LogFixture.FRAME_BYTES + 72, 128));
    }

    @Test
    void deletesWholeSegmentsBeforeTheLogsStartAndSaysWhatWasTrimmed() throws Exception {
        fixture.appendAndFlush(12);
        assertThat(log().segments()).extracting(SegmentSummary::baseOffset).containsExactly(0L, 10L, 20L);
        assertThat(log().segments()).extracting(SegmentSummary::sealed).containsExactly(true, true, false);

        log().trimTo(19);
        log().reclaim(Long.MAX_VALUE);
        assertThat(log().segments()).extracting(SegmentSummary::baseOffset).containsExactly(10L, 20L);
        log().trimTo(20);
        log().reclaim(Long.MAX_VALUE);
        log().trimTo(7);
        log().reclaim(Long.MAX_VALUE);

        assertThat(log().segments()).extracting(SegmentSummary::baseOffset).containsExactly(20L);
        assertThat(fixture.files(".log")).containsExactly("00000000000000000020.log");
        assertThat(fixture.files(".idx")).containsExactly("00000000000000000020.idx");
        assertThat(log().logStart()).isEqualTo(20);
        assertThat(log().readEntry(3)).isEqualTo(new StoredEntry.Trimmed());
        assertThat(log().endOffsetOf(3)).isEqualTo(20);
        assertThat(log().sizeBytes()).isEqualTo(2 * LogFixture.FRAME_BYTES);
        assertThatThrownBy(() -> log().trimTo(25)).isInstanceOf(OffsetOutOfRangeException.class);
    }

    @Test
    void keepsWhatIsTrimmedForOtherReplicasUntilItIsReclaimed() throws Exception {
        fixture.appendAndFlush(12);

        log().trimTo(15);
        log().trimTo(7);

        assertThat(log().logStart()).isEqualTo(15);
        assertThatThrownBy(() -> log().read(14, 24, 100)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(log().read(15, 24, 1).firstOffset()).isEqualTo(14);
        assertThat(log().firstBatchAtOrAfter(0)).hasValue(new TimeAndOffset(1070, 14));
        assertThatThrownBy(() -> log().trimTo(25)).isInstanceOf(OffsetOutOfRangeException.class);
        Log reopened = LogFixture.open(fixture.disk.afterPowerLoss(fixture.random));
        assertThat(reopened.logStart()).isEqualTo(15);
        assertThat(reopened.segments()).extracting(SegmentSummary::baseOffset).containsExactly(0L, 10L, 20L);
        assertThat(reopened.readEntry(0)).isInstanceOf(StoredEntry.Held.class);

        reopened.reclaim(3);
        assertThat(reopened.segments()).extracting(SegmentSummary::baseOffset).containsExactly(0L, 10L, 20L);
        reopened.reclaim(4);

        assertThat(reopened.segments()).extracting(SegmentSummary::baseOffset).containsExactly(10L, 20L);
        assertThat(reopened.readEntry(0)).isEqualTo(new StoredEntry.Trimmed());
    }

    @Test
    void dividesWhatIsAppendedLaterAsItIsTold() throws Exception {
        fixture.appendAndFlush(2);

        log().divide(LogFixture.CONFIG.withSegmentBytes(2 * LogFixture.FRAME_BYTES));
        fixture.appendAndFlush(4);

        assertThat(log().segments()).extracting(SegmentSummary::baseOffset).containsExactly(0L, 4L, 8L);
    }

    @Test
    void trimsToAnOffsetThatIsNotFlushedYet() throws Exception {
        fixture.append();
        fixture.append();

        log().trimTo(4);
        log().reclaim(Long.MAX_VALUE);

        assertThat(log().flushedEnd().offset()).isEqualTo(4);
        Log reopened = LogFixture.open(fixture.disk.afterPowerLoss(fixture.random));
        assertThat(reopened.logStart()).isEqualTo(4);
        assertThat(reopened.end()).isEqualTo(new LogEnd(4, 1, 0));
    }

    @Test
    void neverTruncatesWhatIsProtected() throws Exception {
        fixture.appendAndFlush(3);
        fixture.append();
        log().protectBelow(4);
        log().protectBelow(2);

        assertThatThrownBy(() -> log().truncateFrom(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("would drop offsets 2 to 3, which are committed");
        assertThatThrownBy(() -> fixture.append(0, 1)).isInstanceOf(IllegalArgumentException.class);

        assertThat(log().failure()).isEmpty();
        LogCheck.answersLike(fixture.model, log(), fixture.random);
        log().truncateFrom(2);
        assertThat(log().logEnd()).isEqualTo(4);
    }

    @Test
    void refusesTermsThatDoNotFitAFrame() {
        assertThatThrownBy(() -> log().append(1, 1L << 31, new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("term is 2147483648, must be 0 to 2147483647");
    }

    @Test
    void writesNothingWhenThereIsNothingToFlush() throws Exception {
        fixture.appendAndFlush(1);
        int before = fixture.disk.calls();

        log().flush();

        assertThat(fixture.disk.calls()).isEqualTo(before);
    }

    @Test
    void rollsBySizeAndByTimeAndGivesALargeEntryASegmentOfItsOwn() throws Exception {
        byte[] large = new byte[3000];
        log().append(0, 0, TestFrames.unassigned(1, new byte[10], 1000, 0));
        log().append(1, 0, TestFrames.unassigned(1, large, 1000, 0));
        log().append(2, 0, TestFrames.unassigned(1, new byte[10], 1000, 0));
        long later = 1000 + LogFixture.CONFIG.segmentSpan().toMillis();
        log().append(3, 0, TestFrames.unassigned(1, new byte[10], later - 1, 0));
        log().append(4, 0, TestFrames.unassigned(1, new byte[10], later, 0));

        log().flush();

        assertThat(log().segments()).extracting(SegmentSummary::baseOffset).containsExactly(0L, 1L, 2L, 4L);
        assertThat(log().segments().get(1).sizeBytes()).isEqualTo(72 + large.length);
    }

    @Test
    void refusesEverythingOnceItIsClosed() throws Exception {
        fixture.append();
        log().close();
        log().close();

        assertThatThrownBy(() -> log().read(0, 2, 1)).isInstanceOf(LogClosedException.class);
        assertThatThrownBy(fixture::append).isInstanceOf(LogClosedException.class);
        assertThatThrownBy(log()::flush).isInstanceOf(LogClosedException.class);
        LogCheck.answersLike(fixture.model, LogFixture.open(fixture.disk), fixture.random);
    }
}
