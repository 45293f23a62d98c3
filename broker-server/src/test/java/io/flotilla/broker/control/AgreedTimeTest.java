package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AgreedTimeTest {
    private static final long NOON = 1_700_000_000_000L;

    private final FakePeers nodes = new FakePeers();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE);
    private final AtomicLong wall = new AtomicLong(NOON);
    private final AgreedTime time = time(1, wall);

    private AgreedTime time(int id, AtomicLong clock) {
        InstantSource source = () -> java.time.Instant.ofEpochMilli(clock.get());
        return new AgreedTime(nodes.at(id), other -> true, source, nanos::get);
    }

    private void pass(Duration passed) {
        nanos.addAndGet(passed.toNanos());
        wall.addAndGet(passed.toMillis());
    }

    @Test
    void goesWithTheClockThatGoesRight() {
        pass(Duration.ofHours(3));

        assertThat(time.now(List.of()))
                .isCompletedWithValue(NOON + Duration.ofHours(3).toMillis());
    }

    @Test
    void doesNotJumpAheadWithTheClock() {
        pass(Duration.ofMinutes(1));
        wall.addAndGet(Duration.ofDays(3650).toMillis());

        assertThat(time.now(List.of()))
                .isCompletedWithValue(NOON + Duration.ofMinutes(1).toMillis());
    }

    @Test
    void goesBackWithTheClock() {
        wall.addAndGet(-Duration.ofDays(1).toMillis());

        assertThat(time.now(List.of()))
                .isCompletedWithValue(NOON - Duration.ofDays(1).toMillis());
    }

    @Test
    void isNotAheadOfTheOthers() {
        time(2, new AtomicLong(NOON - 5));
        time(3, new AtomicLong(NOON + Duration.ofDays(3650).toMillis()));

        assertThat(time.now(List.of(FakePeers.peer(2), FakePeers.peer(3)))).isCompletedWithValue(NOON - 5);
    }

    @Test
    void thoseWhoDoNotAnswerHaveNoSay() {
        assertThat(time.now(List.of(FakePeers.peer(4)))).isCompletedWithValue(NOON);
    }
}
