package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.log.io.DiskCall.Kind;
import io.flotilla.log.io.Fault;
import org.junit.jupiter.api.Test;

/** A read of files that are cut or deleted at the worst moment: right before one of its own calls. */
class OvertakenReadTest {
    private final LogFixture fixture;

    OvertakenReadTest() throws Exception {
        fixture = new LogFixture(0);
        fixture.appendAndFlush(12);
    }

    @Test
    void looksAgainWhenATruncationCutsWhatItReads() throws Exception {
        beforeTheNext(Kind.READ, () -> fixture.log.truncateFrom(10));

        assertThatThrownBy(() -> fixture.log.read(22, 24, 1000)).isInstanceOf(OffsetOutOfRangeException.class);

        fixture.model = fixture.model.truncatedFrom(10);
        assertThatNothingIsWrong();
    }

    @Test
    void findsTheNewFramesWhenOthersTookThePlaceOfThoseItReads() throws Exception {
        beforeTheNext(Kind.READ, () -> {
            fixture.log.truncateFrom(10);
            fixture.model = fixture.model.truncatedFrom(10);
            fixture.append(11, 1);
            fixture.append(13, 2);
            fixture.log.flush();
        });

        LogSlice found = fixture.log.read(22, 24, 1000);

        assertThat(found.bytes()).isEqualTo(fixture.model.frames().get(11).bytes);
        assertThatNothingIsWrong();
    }

    @Test
    void looksAgainWhenATruncationDeletesTheSegment() throws Exception {
        beforeTheNext(Kind.OPEN, () -> fixture.log.truncateFrom(4));

        assertThat(fixture.log.readEntry(11)).isEqualTo(new StoredEntry.Absent());

        fixture.model = fixture.model.truncatedFrom(4);
        assertThatNothingIsWrong();
    }

    @Test
    void saysThatAnOffsetIsOutOfRangeWhenATrimDeletesTheSegment() throws Exception {
        beforeTheNext(Kind.OPEN, () -> {
            fixture.log.trimTo(20);
            fixture.log.reclaim(Long.MAX_VALUE);
        });

        assertThatThrownBy(() -> fixture.log.read(4, 24, 1000)).isInstanceOf(OffsetOutOfRangeException.class);

        fixture.model = fixture.model.trimmedTo(20);
        assertThatNothingIsWrong();
    }

    @Test
    void saysThatAnEntryIsTrimmedWhenATrimDeletesTheSegment() throws Exception {
        beforeTheNext(Kind.OPEN, () -> {
            fixture.log.trimTo(20);
            fixture.log.reclaim(Long.MAX_VALUE);
        });

        assertThat(fixture.log.readEntry(2)).isEqualTo(new StoredEntry.Trimmed());

        fixture.model = fixture.model.trimmedTo(20);
        assertThatNothingIsWrong();
    }

    private interface Change {
        void make() throws LogException;
    }

    /** Changes the log once, in the middle of whatever makes the next call of this kind. */
    private void beforeTheNext(Kind kind, Change change) {
        fixture.disk.follow(call -> {
            if (call.kind() == kind) {
                fixture.disk.follow(later -> Fault.NONE);
                try {
                    change.make();
                } catch (LogException e) {
                    throw new AssertionError(e);
                }
            }
            return Fault.NONE;
        });
    }

    private void assertThatNothingIsWrong() throws LogException {
        assertThat(fixture.log.failure()).isEmpty();
        LogCheck.answersLike(fixture.model, fixture.log, fixture.random);
    }
}
