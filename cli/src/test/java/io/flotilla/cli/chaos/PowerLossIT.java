package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.history.Verdict;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No acknowledged record is lost, doubled or moved when disks lose power with all that was not forced. */
@Tag("chaos")
class PowerLossIT {
    @TempDir
    Path root;

    @Test
    void promisesHoldWhenSingleNodesLosePowerTwentyTimes() throws Exception {
        try (ChaosRun run = onLoopDisks()) {
            for (int i = 0; i < 20; i++) {
                Machine victim = i % 2 == 0 ? run.leader() : run.follower();
                victim.cutPower();
                run.awaitProgress();
                run.restart(List.of(victim));
            }
            report("20 power cuts of single nodes", run.finish());
        }
    }

    @Test
    void promisesHoldWhenAllNodesLosePowerAtOnceTenTimes() throws Exception {
        try (ChaosRun run = onLoopDisks()) {
            for (int i = 0; i < 10; i++) {
                run.machines().parallelStream()
                        .forEach(machine -> machine.disk().cutPower());
                run.machines().forEach(Machine::kill);
                run.restart(run.machines());
            }
            report("10 power cuts of all nodes", run.finish());
        }
    }

    private ChaosRun onLoopDisks() throws Exception {
        return new ChaosRun(root, 2, data -> LoopDisk.make(root.resolve(data.getFileName() + ".img"), data));
    }

    private static void report(String what, Verdict verdict) {
        System.out.printf("%s: %s%n", what, verdict);
        assertThat(verdict.anomalies()).isEmpty();
        assertThat(verdict.acked()).isPositive();
    }
}
