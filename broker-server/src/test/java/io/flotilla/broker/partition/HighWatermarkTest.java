package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flotilla.log.Log;
import io.flotilla.log.LogEnd;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HighWatermarkTest {
    private final MemoryLog memory = new MemoryLog();
    private final EntryEnds ends = new EntryEnds();
    private final List<Long> told = new ArrayList<>();

    private HighWatermark of(Log log) {
        return new HighWatermark(log, ends, told::add);
    }

    /** As the append side does it: {@code records} more records at {@code raftIndex}. */
    private void write(Log log, long raftIndex, int records) throws Exception {
        ends.written(raftIndex, log.append(raftIndex, 1, memory.frame(records)).nextOffset());
    }

    /** The log with these entries of 2 records each, as it is found when the broker starts again. */
    private Log reopenedWith(long... raftIndexes) throws Exception {
        try (Log before = memory.open()) {
            for (long raftIndex : raftIndexes) {
                before.append(raftIndex, 1, memory.frame(2));
            }
        }
        return memory.open();
    }

    @Test
    void startsWhereTheLogStarts() throws Exception {
        HighWatermark highWatermark = of(memory.open(new LogEnd(100, 7, 1)));

        assertThat(highWatermark.offset()).isEqualTo(100);
    }

    @Test
    void staysWhereTheLogStartsWhileEntriesBeforeThatAreAppliedAgain() throws Exception {
        HighWatermark highWatermark = of(memory.open(new LogEnd(100, 7, 1)));

        highWatermark.applied(3);
        assertThat(highWatermark.offset()).isEqualTo(100);
        highWatermark.applied(7);
        assertThat(highWatermark.offset()).isEqualTo(100);
        assertThat(told).isEmpty();
    }

    @Test
    void isTheEndOfTheLastAppliedEntryAndNotOfTheLastWrittenOne() throws Exception {
        Log log = memory.open();
        HighWatermark highWatermark = of(log);
        write(log, 1, 3);
        write(log, 4, 2);
        write(log, 5, 1);

        assertThat(highWatermark.offset()).isZero();
        highWatermark.applied(1);
        assertThat(highWatermark.offset()).isEqualTo(3);
        highWatermark.applied(4);
        assertThat(highWatermark.offset()).isEqualTo(5);
        assertThat(told).containsExactly(3L, 5L);
    }

    @Test
    void isTheEndOfWhatWasWrittenLastWhereAnEntryWasReplaced() throws Exception {
        Log log = memory.open();
        HighWatermark highWatermark = of(log);
        write(log, 1, 3);
        write(log, 2, 9);
        write(log, 3, 9);
        write(log, 2, 1);

        highWatermark.applied(1);
        highWatermark.applied(2);

        assertThat(highWatermark.offset()).isEqualTo(4);
    }

    @Test
    void whatIsBelowItCannotBeTruncatedAnyMore() throws Exception {
        Log log = memory.open();
        HighWatermark highWatermark = of(log);
        write(log, 1, 3);
        write(log, 2, 3);

        highWatermark.applied(1);

        assertThatIllegalArgumentException().isThrownBy(() -> log.truncateFrom(1));
        log.truncateFrom(2);
        assertThat(log.logEnd()).isEqualTo(3);
    }

    @Test
    void entriesFromBeforeARestartAreNotLookedUpUntilSomebodyAsks() throws Exception {
        Log log = reopenedWith(0, 2, 4, 6);
        HighWatermark highWatermark = of(log);
        int calls = memory.disk().calls();

        highWatermark.applied(0);
        highWatermark.applied(2);
        highWatermark.applied(4);

        assertThat(memory.disk().calls()).isEqualTo(calls);
        assertThat(highWatermark.offset()).isEqualTo(6);
        calls = memory.disk().calls();
        assertThat(highWatermark.offset()).isEqualTo(6);
        assertThat(memory.disk().calls()).isEqualTo(calls);
    }

    @Test
    void whatWasLookedUpCannotBeTruncatedAnyMore() throws Exception {
        Log log = reopenedWith(0, 2, 4, 6);
        HighWatermark highWatermark = of(log);
        highWatermark.applied(2);

        assertThat(highWatermark.offset()).isEqualTo(4);

        assertThatIllegalArgumentException().isThrownBy(() -> log.truncateFrom(2));
        log.truncateFrom(4);
    }

    @Test
    void theLastEntryFromBeforeARestartNeedsNoLookup() throws Exception {
        Log log = reopenedWith(0, 2, 4);
        HighWatermark highWatermark = of(log);
        int calls = memory.disk().calls();

        highWatermark.applied(2);
        highWatermark.applied(4);

        assertThat(told).containsExactly(6L);
        assertThat(memory.disk().calls()).isEqualTo(calls);
    }

    @Test
    void goesOnFromEntriesBeforeARestartToThoseAfterIt() throws Exception {
        Log log = reopenedWith(0, 2);
        HighWatermark highWatermark = of(log);
        write(log, 3, 5);

        highWatermark.applied(0);
        assertThat(highWatermark.offset()).isEqualTo(2);
        highWatermark.applied(2); // not the last of the log any more
        assertThat(highWatermark.offset()).isEqualTo(4);
        highWatermark.applied(3);
        assertThat(highWatermark.offset()).isEqualTo(9);
        assertThat(told).containsExactly(9L);
    }
}
