package io.flotilla.log;

import io.flotilla.log.io.DiskCall;
import io.flotilla.log.io.FakeDisk;
import io.flotilla.log.io.Fault;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One script of operations, decided by a seed, and every crash that can happen in it: before each call that changes the
 * disk, the power goes (several times, with different survivors) or the process is killed, and the log is opened again. Now
 * and then the recovery crashes too, at each of its own calls. Nothing of that disturbs the script.
 */
final class CrashSimulation {
    private static final int STEPS = 30;
    private static final int POWER_LOSSES = 3;
    private static final int ONE_IN_CRASHES_AGAIN = 12;
    private static final int ONE_IN_GOES_ON = 6;

    private final long seed;
    private final LogDriver driver;
    private final StringBuilder trace = new StringBuilder();
    private long cases;

    CrashSimulation(long seed) throws IOException {
        this.seed = seed;
        this.driver = new LogDriver(seed, this::beforeCall);
    }

    /** Runs the script. */
    void run() throws IOException, LogException {
        driver.open();
        for (int step = 0; step < STEPS; step++) {
            driver.step();
        }
    }

    /** How many crashes were survived. */
    long cases() {
        return cases;
    }

    /** Every call, and what was found after each crash. */
    String trace() {
        return trace.toString();
    }

    String script() {
        return driver.script();
    }

    private Fault beforeCall(DiskCall call) {
        trace.append(call).append('\n');
        if (call.kind().isChange()) {
            for (int survivors = 0; survivors <= POWER_LOSSES; survivors++) {
                crash(call, survivors);
            }
        }
        return Fault.NONE;
    }

    private void crash(DiskCall call, int survivors) {
        SplittableRandom random = new SplittableRandom((seed * 31 + call.number()) * 31 + survivors);
        boolean killed = survivors == POWER_LOSSES;
        FakeDisk disk = killed ? driver.disk().afterKill(random) : driver.disk().afterPowerLoss(random);
        try {
            boolean again = random.nextInt(ONE_IN_CRASHES_AGAIN) == 0;
            FakeDisk copy = again ? disk.afterKill(random) : disk;
            LogModel found = recover(disk, driver.possible(), killed, random);
            if (again) {
                crashAgain(copy, killed ? driver.possible() : List.of(found), random);
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "after: %s%ncrash before: %s, survivors %d of seed %d%n%s"
                            .formatted(driver.script(), call, survivors, seed, e.getMessage()),
                    e);
        }
    }

    /** Opens the log on {@code disk}, and crashes at each of the calls that takes. */
    private void crashAgain(FakeDisk disk, List<LogModel> possible, SplittableRandom random)
            throws IOException, LogException {
        disk.follow(call -> {
            if (call.kind().isChange()) {
                try {
                    FakeDisk left = random.nextInt(4) == 0 ? disk.afterKill(random) : disk.afterPowerLoss(random);
                    recover(left, possible, false, random);
                } catch (IOException | LogException e) {
                    throw new AssertionError("crash of the recovery before " + call, e);
                }
            }
            return Fault.NONE;
        });
        driver.store(disk).open(LogDriver.DIRECTORY, LogDriver.CONFIG);
    }

    private LogModel recover(FakeDisk disk, List<LogModel> possible, boolean killed, SplittableRandom random)
            throws IOException, LogException {
        cases++;
        Log log = driver.store(disk).open(LogDriver.DIRECTORY, LogDriver.CONFIG);
        LogModel found = whatWasFound(log, possible, killed);
        trace.append(found.frames().size()).append(' ');
        LogCheck.answersLike(found, log, random);
        checkSegments(log, found);
        if (random.nextInt(ONE_IN_GOES_ON) == 0) {
            goOn(disk, log, found, random);
        }
        return found;
    }

    private LogModel whatWasFound(Log log, List<LogModel> possible, boolean killed) {
        LogModel found = matching(log, possible, killed);
        if (found == null) {
            throw new AssertionError("found %s from %d, stored %d, truncated from %s, but possible are %s"
                    .formatted(log.end(), log.logStart(), log.storedRaftIndex(), log.truncatedFrom(), possible));
        }
        return found;
    }

    private @Nullable LogModel matching(Log log, List<LogModel> possible, boolean killed) {
        for (LogModel model : possible) {
            long least = killed ? model.storedRaftIndex() : Math.min(driver.forcedStored(), model.storedRaftIndex());
            boolean same = log.end().equals(model.end())
                    && log.logStart() == model.logStart()
                    && log.truncatedFrom().orElse(LogEnd.NOTHING) == model.truncatedFrom()
                    && log.storedRaftIndex() >= least
                    && log.storedRaftIndex() <= model.storedRaftIndex();
            if (same) {
                return model;
            }
        }
        return null;
    }

    /** Segments must start where they would if nothing had ever crashed. */
    private void checkSegments(Log log, LogModel found) {
        if (!driver.rollsAlike()) {
            return;
        }
        List<Long> expected = found.segmentBases(driver.everAppended(), LogDriver.CONFIG);
        List<Long> actual =
                log.segments().stream().map(SegmentSummary::baseOffset).toList();
        LogCheck.same("segments", expected.subList(expected.size() - actual.size(), expected.size()), actual);
        LogCheck.same("start is in the first segment", true, actual.get(0) <= log.logStart());
    }

    /** A recovered log must be as good as any other: it takes a batch, and has it after another power loss. */
    private void goOn(FakeDisk disk, Log log, LogModel found, SplittableRandom random)
            throws IOException, LogException {
        long raftIndex = Math.max(found.end().raftIndex(), found.storedRaftIndex()) + 1;
        int term = Math.max(0, found.end().term());
        ModelFrame next = new ModelFrame(found.end().offset(), 1, raftIndex, term, new byte[40], 5000, 5000);
        log.append(raftIndex, term, next.bytes.clone());
        log.flush();
        LogModel longer = found.with(List.of(next));
        LogCheck.answersLike(longer, log, random);
        Log reopened = driver.store(disk.afterPowerLoss(random)).open(LogDriver.DIRECTORY, LogDriver.CONFIG);
        LogCheck.answersLike(longer, reopened, random);
    }
}
