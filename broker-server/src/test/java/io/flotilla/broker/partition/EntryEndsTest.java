package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryEndsTest {
    private final EntryEnds ends = new EntryEnds();

    @Test
    void knowsTheEndOfAnEntryUntilItIsTaken() {
        ends.written(3, 10);
        ends.written(5, 12);

        assertThat(ends.take(3)).isEqualTo(10);
        assertThat(ends.take(3)).isEqualTo(EntryEnds.UNKNOWN);
        assertThat(ends.take(5)).isEqualTo(12);
    }

    @Test
    void doesNotKnowAnEntryThatWasNotWrittenButThoseAfterIt() {
        ends.written(3, 10);
        ends.written(5, 12);

        assertThat(ends.take(4)).isEqualTo(EntryEnds.UNKNOWN);
        assertThat(ends.take(5)).isEqualTo(12);
    }

    @Test
    void anEntryWrittenAgainReplacesItselfAndAllAfterIt() {
        ends.written(3, 10);
        ends.written(4, 20);
        ends.written(5, 30);

        ends.written(4, 11);

        assertThat(ends.take(3)).isEqualTo(10);
        assertThat(ends.take(4)).isEqualTo(11);
        assertThat(ends.take(5)).isEqualTo(EntryEnds.UNKNOWN);
    }

    @Test
    void forgetsWhatIsTruncated() {
        ends.written(3, 10);
        ends.written(4, 20);
        ends.written(5, 30);

        ends.truncatedFrom(4);

        assertThat(ends.take(3)).isEqualTo(10);
        assertThat(ends.take(4)).isEqualTo(EntryEnds.UNKNOWN);
        assertThat(ends.take(5)).isEqualTo(EntryEnds.UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void agreesWithASortedMap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TreeMap<Long, Long> model = new TreeMap<>();
        long taken = 0;
        for (int step = 0; step < 2000; step++) {
            long index = taken + 1 + random.nextInt(8);
            switch (random.nextInt(4)) {
                case 0 -> {
                    model.tailMap(index, true).clear();
                    ends.truncatedFrom(index);
                }
                case 1 -> {
                    Long expected = model.get(index);
                    model.headMap(index, true).clear();
                    assertThat(ends.take(index)).isEqualTo(expected == null ? EntryEnds.UNKNOWN : expected);
                    taken = index;
                }
                default -> {
                    model.tailMap(index, true).clear();
                    model.put(index, (long) step);
                    ends.written(index, step);
                }
            }
        }
    }
}
