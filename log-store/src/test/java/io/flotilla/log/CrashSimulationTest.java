package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Crashes at every point of random scripts. One seed alone: {@code -Dtest=CrashSimulationTest -Dseed=17}. */
class CrashSimulationTest {
    private static final int SEEDS = 160;
    private static final long LEAST_CASES = 50_000;
    private static final AtomicLong CASES = new AtomicLong();

    static LongStream seeds() {
        return Seeds.from(0, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsEveryFlushedBatchAcrossEveryCrash(long seed) throws Exception {
        CrashSimulation simulation = new CrashSimulation(seed);
        try {
            simulation.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "seed %d, again: -Dtest=CrashSimulationTest -Dseed=%d%n%s%n%s"
                            .formatted(seed, seed, simulation.script(), e.getMessage()),
                    e);
        } finally {
            CASES.addAndGet(simulation.cases());
        }
    }

    @Test
    void doesTheSameWhenASeedIsRunTwice() throws Exception {
        CrashSimulation first = new CrashSimulation(4711);
        CrashSimulation second = new CrashSimulation(4711);

        first.run();
        second.run();

        assertThat(second.trace()).hasSizeGreaterThan(1000).isEqualTo(first.trace());
    }

    @AfterAll
    static void ranEnoughCases() {
        System.out.printf("crash simulation: %,d crashes survived%n", CASES.get());
        if (Long.getLong("seed") == null && Integer.getInteger("seeds") == null) {
            assertThat(CASES.get()).isGreaterThanOrEqualTo(LEAST_CASES);
        }
    }
}
