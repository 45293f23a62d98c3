package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TailCacheTest {
    private static final int ROOM = 4;

    private final LogFixture fixture;
    private final TailCache cache;
    private final Log other;

    TailCacheTest() throws Exception {
        fixture = new LogFixture(ROOM * LogFixture.FRAME_BYTES);
        cache = fixture.store.cache();
        other = fixture.store.open(Path.of("/data/other"), LogFixture.CONFIG);
    }

    @Test
    void sharesTheArraysThatWereAppended() throws Exception {
        byte[] frame = TestFrames.unassigned(1, fixture.body(), 1, 1);
        fixture.log.append(0, 0, frame);
        fixture.log.flush();

        assertThat(fixture.log.read(0, 1, 1000).bytes()).isSameAs(frame);
        assertThat(fixture.log.readEntry(0))
                .isInstanceOfSatisfying(
                        StoredEntry.Held.class,
                        held -> assertThat(held.frames().bytes()).isSameAs(frame));
    }

    @Test
    void letsGoOfTheOldestWhicheverLogTheyBelongTo() throws Exception {
        fixture.appendAndFlush(2);
        appendToOther(2);
        assertThat(isInMemory(fixture.log, 0)).isTrue();

        appendToOther(1);

        assertThat(isInMemory(fixture.log, 0)).isFalse();
        assertThat(isInMemory(fixture.log, 2)).isTrue();
        assertThat(isInMemory(other, 0)).isTrue();
        assertThat(cache.sizeBytes()).isEqualTo(cache.maxBytes());
    }

    @Test
    void neverLetsGoOfWhatIsNotFlushed() throws Exception {
        for (int i = 0; i < 3 * ROOM; i++) {
            fixture.append();
        }
        assertThat(cache.sizeBytes()).isEqualTo(3L * ROOM * LogFixture.FRAME_BYTES);

        appendToOther(1);

        LogCheck.answersLike(fixture.model, fixture.log, fixture.random);
        assertThat(isInMemory(other, 0)).isFalse();
        fixture.log.flush();
        assertThat(cache.sizeBytes()).isEqualTo(cache.maxBytes());
        LogCheck.answersLike(fixture.model, fixture.log, fixture.random);
    }

    @Test
    void letsGoOfNothingNewWhenTheVictimWasTruncatedMeanwhile() throws Exception {
        Tail tail = new Tail(LogEnd.EMPTY, new SegmentFill(0, 0, 0));
        byte[] frame = TestFrames.unassigned(1, fixture.body(), 1, 1);
        Entry entry = Entry.take(frame, 0, 0, tail.end(), tail.fill(), LogFixture.CONFIG);
        tail.append(entry);

        tail.evictThrough(entry.end().offset());

        assertThat(tail.unflushed()).containsExactly(entry);
    }

    @Test
    void forgetsWhatIsTruncatedFlushedOrNot() throws Exception {
        fixture.appendAndFlush(3);
        fixture.append();
        fixture.append();

        fixture.log.truncateFrom(1);

        assertThat(cache.sizeBytes()).isEqualTo(LogFixture.FRAME_BYTES);
        assertThat(fixture.log.unflushedBytes()).isZero();
    }

    @Test
    void forgetsALogThatIsClosed() throws Exception {
        fixture.appendAndFlush(2);
        fixture.append();

        fixture.log.close();

        assertThat(cache.sizeBytes()).isZero();
    }

    @Test
    void countsWhatIsAnsweredFromMemoryAndFromFiles() throws Exception {
        fixture.appendAndFlush(ROOM + 1);

        fixture.log.read(0, 10, 1);
        fixture.log.read(2, 10, 1);
        fixture.log.read(4, 10, 1);

        assertThat(counter("flotilla.log.tail.cache.hits")).isEqualTo(2);
        assertThat(counter("flotilla.log.tail.cache.misses")).isEqualTo(1);
    }

    @Test
    void needsABoundThatMakesSense() {
        assertThatThrownBy(() -> new TailCache(-1)).hasMessageContaining("maxBytes is -1, must be at least 0");
    }

    private void appendToOther(int batches) throws LogException {
        for (int i = 0; i < batches; i++) {
            byte[] frame = TestFrames.unassigned(2, fixture.body(), 1, 1);
            other.append(other.lastRaftIndex() + 1, 0, frame);
            other.flush();
        }
    }

    private boolean isInMemory(Log log, long offset) throws LogException {
        int before = fixture.disk.calls();
        log.read(offset, log.logEnd(), 1);
        return fixture.disk.calls() == before;
    }

    private double counter(String name) {
        return fixture.meters.get(name).counter().count();
    }
}
