package io.flotilla.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.log.io.DiskCall;
import io.flotilla.log.io.FakeDisk;
import io.flotilla.log.io.Fault;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fails one call of a random script, each in turn, with EIO or ENOSPC. */
class FaultSimulationTest {
    private static final int STEPS = 25;
    private static final int SURVIVORS = 3;
    private static final AtomicLong FAULTS = new AtomicLong();

    static LongStream seeds() {
        return Seeds.from(50_000, 60);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aFailedCallNeverCostsAFlushedBatch(long seed) throws Exception {
        for (int failing = 0; ; failing++) {
            Run run = new Run(seed, failing);
            try {
                if (!run.meetsTheFault()) {
                    break;
                }
                run.survives();
            } catch (Exception | AssertionError e) {
                throw new AssertionError(
                        "seed %d, %s fails, again: -Dtest=FaultSimulationTest -Dseed=%d%n%s%n%s"
                                .formatted(seed, run.failed, seed, run.driver.script(), e.getMessage()),
                        e);
            }
            FAULTS.incrementAndGet();
        }
    }

    @AfterAll
    static void ranEnoughFaults() {
        System.out.printf("fault simulation: %,d failed calls survived%n", FAULTS.get());
        if (Long.getLong("seed") == null && Integer.getInteger("seeds") == null) {
            assertThat(FAULTS.get()).isGreaterThanOrEqualTo(5_000);
        }
    }

    private static final class Run {
        private final int failing;
        private final RandomGenerator random;
        private final LogDriver driver;
        private int calls;
        private String failed = "nothing";

        Run(long seed, int failing) throws IOException {
            this.failing = failing;
            this.random = new SplittableRandom(seed * 31 + failing);
            this.driver = new LogDriver(seed, this::beforeCall);
        }

        private Fault beforeCall(DiskCall call) {
            if (calls++ != failing) {
                return Fault.NONE;
            }
            failed = call.toString();
            return random.nextBoolean() ? Fault.INPUT_OUTPUT : Fault.NO_SPACE;
        }

        /** Runs the script up to the call that fails; false if it has fewer calls. */
        boolean meetsTheFault() throws LogException {
            try {
                driver.open();
                for (int step = 0; step < STEPS; step++) {
                    driver.step();
                }
                return false;
            } catch (IOException e) {
                return true; // while opening: there is no log that could have failed
            } catch (LogReadException e) {
                return true; // a file could not be opened to read, which is no reason to fail
            } catch (LogFailedException e) {
                assertThat(driver.log().failure()).isPresent();
                staysFailed();
                return true;
            }
        }

        private void staysFailed() {
            Log log = driver.log();
            int before = calls;

            refuses(log::flush);
            refuses(() -> log.append(1, 1, new byte[0]));
            refuses(() -> log.truncateFrom(1));
            refuses(() -> log.trimTo(1));
            refuses(() -> log.confirmStored(1));

            assertThat(calls).isEqualTo(before);
        }

        private void refuses(ThrowingCallable call) {
            assertThatThrownBy(call).isInstanceOfAny(LogFailedException.class, LogClosedException.class);
        }

        void survives() throws IOException, LogException {
            for (int survivors = 0; survivors < SURVIVORS; survivors++) {
                recover(driver.disk().afterPowerLoss(random));
            }
            recover(driver.disk().afterKill(random));
        }

        /** What was found must be there for good. */
        private void recover(FakeDisk disk) throws IOException, LogException {
            Log log = driver.store(disk).open(LogDriver.DIRECTORY, LogDriver.CONFIG);
            LogModel found = driver.possible().stream()
                    .filter(model -> model.end().equals(log.end()) && model.logStart() == log.logStart())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("found %s from %d, but possible are %s"
                            .formatted(log.end(), log.logStart(), driver.possible())));
            LogCheck.answersLike(found, log, random);
            Log again = driver.store(disk.afterPowerLoss(random)).open(LogDriver.DIRECTORY, LogDriver.CONFIG);
            LogCheck.answersLike(found, again, random);
        }
    }
}
