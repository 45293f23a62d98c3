package io.flotilla.log;

import io.flotilla.log.io.Fault;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random operations against a list in memory. */
class LogModelTest {
    private static final int STEPS = 150;

    static LongStream seeds() {
        return Seeds.from(10_000, 150);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void answersLikeAListAfterEveryOperation(long seed) throws Exception {
        LogDriver driver = new LogDriver(seed, call -> Fault.NONE);
        SplittableRandom random = new SplittableRandom(~seed);

        driver.open();
        for (int i = 0; i < STEPS; i++) {
            try {
                driver.step();
                LogCheck.answersLike(driver.current(), driver.log(), random);
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed %d, after: %s%n again: -Dtest=LogModelTest -Dseed=%d"
                                .formatted(seed, driver.script(), seed),
                        e);
            }
        }
    }
}
