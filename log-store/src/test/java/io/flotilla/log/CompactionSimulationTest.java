package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Crashes at every point of random compactions. One seed alone: {@code -Dtest=CompactionSimulationTest -Dseed=17}. */
class CompactionSimulationTest {
    private static final int SEEDS = 40;
    private static final long LEAST_CASES = 10_000;
    private static final AtomicLong CASES = new AtomicLong();
    private static final AtomicLong GONE = new AtomicLong();

    static LongStream seeds() {
        return Seeds.from(0, SEEDS);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void keepsTheNewestRecordOfEachKeyAcrossEveryCrash(long seed) throws Exception {
        CompactionSimulation simulation = new CompactionSimulation(seed);
        try {
            simulation.run();
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "seed %d, again: -Dtest=CompactionSimulationTest -Dseed=%d%n%s%n%s"
                            .formatted(seed, seed, simulation.script(), e.getMessage()),
                    e);
        } finally {
            CASES.addAndGet(simulation.cases());
            GONE.addAndGet(simulation.recordsGone());
        }
    }

    @AfterAll
    static void didEnough() {
        System.out.printf("compaction simulation: %,d crashes survived, %,d records gone%n", CASES.get(), GONE.get());
        if (Long.getLong("seed") == null && Integer.getInteger("seeds") == null) {
            assertThat(CASES.get()).isGreaterThanOrEqualTo(LEAST_CASES);
            assertThat(GONE.get()).isGreaterThan(1000);
        }
    }
}
