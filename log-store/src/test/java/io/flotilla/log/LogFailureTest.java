package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.log.io.DiskCall.Kind;
import io.flotilla.log.io.Fault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a log does when the disk, or the memory, lets it down. */
class LogFailureTest {
    private final LogFixture fixture;

    LogFailureTest() throws Exception {
        fixture = new LogFixture(0);
    }

    private Log log() {
        return fixture.log;
    }

    @Test
    void failsForGoodWhenAForceFails() throws Exception {
        fixture.appendAndFlush(2);
        fixture.append();
        fixture.disk.follow(call -> call.kind() == Kind.FORCE ? Fault.INPUT_OUTPUT : Fault.NONE);

        assertThatThrownBy(log()::flush)
                .isInstanceOf(LogFailedException.class)
                .hasMessageContaining("Input/output error")
                .hasMessageContaining("take the replica out of service");
        fixture.disk.follow(call -> Fault.NONE);

        assertThatThrownBy(log()::flush).isInstanceOf(LogFailedException.class);
        assertThatThrownBy(fixture::append)
                .isInstanceOf(LogFailedException.class)
                .hasRootCauseMessage("/data/log/00000000000000000000.log: Input/output error");
        assertThat(log().failure()).isPresent();
        LogCheck.answersLike(fixture.model, log(), fixture.random);
        log().close();
    }

    @Test
    void failsForGoodWhenAChangeOfItsFilesStopsHalfWay() throws Exception {
        fixture.appendAndFlush(5);
        fixture.append();
        fixture.disk.follow(call -> {
            if (call.kind() == Kind.CREATE) {
                throw new OutOfMemoryError("planned");
            }
            return Fault.NONE;
        });

        assertThatThrownBy(log()::flush).isInstanceOf(OutOfMemoryError.class);
        fixture.disk.follow(call -> Fault.NONE);

        assertThatThrownBy(log()::flush).isInstanceOf(LogFailedException.class).hasRootCauseMessage("planned");
        LogCheck.answersLike(fixture.model, log(), fixture.random);
    }

    @Test
    void failsWithAClearMessageWhenTheDiskIsFullAndCanBeOpenedAgain() throws Exception {
        fixture.appendAndFlush(2);
        LogModel flushed = fixture.model;
        fixture.append();
        fixture.disk.leaveFree(50);

        assertThatThrownBy(log()::flush)
                .isInstanceOf(LogFailedException.class)
                .hasMessageContaining("No space left on device");

        log().close();
        Log reopened = fixture.store.open(LogFixture.DIRECTORY, LogFixture.CONFIG);
        LogCheck.answersLike(flushed, reopened, fixture.random);
        assertThat(fixture.disk.freeBytes()).isEqualTo(50);
    }

    @Test
    void failsWhenTheDiskRefusesToRead() throws Exception {
        fixture.appendAndFlush(2);
        fixture.disk.follow(call -> call.kind() == Kind.READ ? Fault.INPUT_OUTPUT : Fault.NONE);

        assertThatThrownBy(() -> log().read(0, 4, 100)).isInstanceOf(LogFailedException.class);

        assertThat(log().failure()).isPresent();
    }

    @Test
    void doesNotFailWhenAFileCannotBeOpenedJustNow() throws Exception {
        fixture.appendAndFlush(2);
        fixture.disk.follow(call -> call.kind() == Kind.OPEN ? Fault.INPUT_OUTPUT : Fault.NONE);

        assertThatThrownBy(() -> log().read(0, 4, 100))
                .isInstanceOf(LogReadException.class)
                .hasMessageContaining("try again");

        fixture.disk.follow(call -> Fault.NONE);
        LogCheck.answersLike(fixture.model, log(), fixture.random);
    }

    @Test
    void noticesAByteThatGoesBadWhileItIsOpen() throws Exception {
        fixture.appendAndFlush(12);
        fixture.disk.damage(LogFixture.file("00000000000000000010.log"), content -> {
            content[2 * LogFixture.FRAME_BYTES + 100] ^= 1;
            return content;
        });

        assertThat(log().read(10, 24, 2 * LogFixture.FRAME_BYTES).nextOffset()).isEqualTo(14);
        assertThatThrownBy(() -> log().read(14, 24, 100))
                .isInstanceOf(CorruptBatchException.class)
                .hasMessageContaining("00000000000000000010.log is damaged at position 400")
                .hasMessageContaining("the body's checksum is");

        assertThatThrownBy(fixture::append).isInstanceOf(LogFailedException.class);
        assertThat(log().read(0, 24, 100).nextOffset()).isEqualTo(2);
    }

    @Test
    void doesWithoutAnIndexThatGoesBadOrMissingWhileItIsOpen() throws Exception {
        fixture.appendAndFlush(17);
        fixture.disk.delete(LogFixture.file("00000000000000000000.idx"));
        fixture.disk.damage(LogFixture.file("00000000000000000010.idx"), content -> new byte[content.length]);

        LogCheck.answersLike(fixture.model, log(), fixture.random);

        log().truncateFrom(7);
        fixture.model = fixture.model.truncatedFrom(7);
        fixture.append(8, 1);
        LogCheck.answersLike(fixture.model, log(), fixture.random);
    }

    @Test
    void doesNotBelieveAnIndexWhoseRowsLeadNowhere() throws Exception {
        fixture.appendAndFlush(17);
        for (SegmentSummary segment : log().segments()) {
            long base = segment.baseOffset();
            List<Boundary> rows = new ArrayList<>();
            rows.add(new Boundary(base, base / 2 - 1, base == 0 ? -1 : 0, Boundary.NO_TIMESTAMP, 0));
            rows.add(new Boundary(base + 2, base / 2, 0, 0, 123));
            if (segment.sealed()) {
                long last = segment.nextOffset() / 2 - 1;
                rows.add(new Boundary(segment.nextOffset(), last, 0, segment.maxTimestampMs(), segment.sizeBytes()));
            }
            IndexFile.replace(fixture.disk, SegmentNames.index(LogFixture.DIRECTORY, base), rows);
        }

        LogCheck.answersLike(fixture.model, log(), fixture.random);

        LogCheck.answersLike(fixture.model, LogFixture.open(fixture.disk), fixture.random);
    }
}
