package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FlushProgressTest {
    private final FlushProgress progress = new FlushProgress(3);

    @Test
    void aLogWithNothingToFlushMayRestForEver() {
        for (int look = 0; look < 100; look++) {
            assertThat(progress.hangs(5, 5)).isFalse();
        }
    }

    @Test
    void entriesThatWaitForMoreThanTheLimitMeanThatTheDiskHangs() {
        progress.hangs(5, 5);

        assertThat(progress.hangs(6, 5)).isFalse();
        assertThat(progress.hangs(6, 5)).isFalse();
        assertThat(progress.hangs(7, 5)).isFalse();
        assertThat(progress.hangs(7, 5)).isTrue();
    }

    @Test
    void aLookAtWhichNothingWaitsStartsTheCountAnew() {
        for (int round = 0; round < 10; round++) {
            assertThat(progress.hangs(6, 5)).isFalse();
            assertThat(progress.hangs(6, 5)).isFalse();
            assertThat(progress.hangs(5, 5)).isFalse();
        }
    }

    @Test
    void aSlowDiskThatGetsOnIsNotAHangingOne() {
        for (int flushed = 0; flushed < 100; flushed++) {
            assertThat(progress.hangs(1000, flushed)).isFalse();
            assertThat(progress.hangs(1000, flushed)).isFalse();
            assertThat(progress.hangs(1000, flushed)).isFalse();
        }
    }

    @Test
    void aCutThatHangsIsNoticedToo() {
        progress.hangs(9, 9);
        for (int look = 0; look < 3; look++) {
            assertThat(progress.hangs(4, 9)).isFalse();
        }

        assertThat(progress.hangs(4, 9)).isTrue();
    }
}
