package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.history.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No acknowledged record is lost, doubled or moved, whichever processes are killed. */
class KillIT {
    @TempDir
    Path root;

    @Test
    void promisesHoldWhenLeaderFollowerAndAllAreKilledInTurn() throws Exception {
        try (ChaosRun run = new ChaosRun(root, 2, data -> Disk.PLAIN)) {
            kill(run, r -> List.of(r.leader()), 1);
            kill(run, r -> List.of(r.follower()), 1);
            kill(run, ChaosRun::machines, 1);
            report("leader, follower, all", run.finish());
        }
    }

    @Test
    @Tag("chaos")
    void promisesHoldWhenTheLeaderIsKilledTwentyTimes() throws Exception {
        killed("leader", r -> List.of(r.leader()));
    }

    @Test
    @Tag("chaos")
    void promisesHoldWhenAFollowerIsKilledTwentyTimes() throws Exception {
        killed("follower", r -> List.of(r.follower()));
    }

    @Test
    @Tag("chaos")
    void promisesHoldWhenAllAreKilledTwentyTimes() throws Exception {
        killed("all", ChaosRun::machines);
    }

    private void killed(String who, Function<ChaosRun, List<Machine>> victims) throws Exception {
        try (ChaosRun run = new ChaosRun(root, 1, data -> Disk.PLAIN)) {
            kill(run, victims, 20);
            report(who + " killed 20 times", run.finish());
        }
    }

    private static void kill(ChaosRun run, Function<ChaosRun, List<Machine>> victims, int times) {
        for (int i = 0; i < times; i++) {
            List<Machine> hurt = victims.apply(run);
            hurt.forEach(Machine::kill);
            if (hurt.size() == 1) {
                run.awaitProgress();
            }
            run.restart(hurt);
        }
    }

    private static void report(String what, Verdict verdict) {
        System.out.printf("%s: %s%n", what, verdict);
        assertThat(verdict.anomalies()).isEmpty();
        assertThat(verdict.acked()).isPositive();
    }
}
