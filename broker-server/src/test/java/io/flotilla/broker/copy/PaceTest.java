package io.flotilla.broker.copy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
    private final Pace pace = new Pace(1000, clock::get);

    @Test
    void whatComesWaitsForWhatCameBefore() {
        assertThat(pace.reserve(500)).isZero();
        assertThat(pace.reserve(100)).isEqualTo(Duration.ofMillis(500).toNanos());
        clock.addAndGet(Duration.ofMillis(400).toNanos());
        assertThat(pace.reserve(1)).isEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void restIsNotSaved() {
        assertThat(pace.reserve(500)).isZero();
        clock.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(pace.reserve(1000)).isZero();
        assertThat(pace.reserve(1)).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void whatMayGoGoesAtOnce() {
        assertThat(pace.pass(5000)).isCompleted();
        assertThat(pace.pass(1)).isNotCompleted();
    }
}
