package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.history.Verdict;
import io.flotilla.cli.process.Await;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises of {@link KillIT}, when Raft logs forget so soon that whoever was away has to copy what it missed. */
@Tag("chaos")
class CatchUpKillIT {
    private static final Map<String, String> FORGETFUL = Map.of("raft.kept-entries", "60");
    private static final long MISSED = 100_000;

    @TempDir
    Path root;

    @Test
    void promisesHoldWhenLeadersFollowersAndAllAreKilledInTurn() throws Exception {
        try (ChaosRun run = new ChaosRun(root, 2, data -> Disk.PLAIN, FORGETFUL)) {
            for (int i = 0; i < 20; i++) {
                List<Machine> hurt = switch (i % 3) {
                    case 0 -> List.of(run.leader());
                    case 1 -> List.of(run.follower());
                    default -> run.machines();
                };
                hurt.forEach(Machine::kill);
                if (hurt.size() == 1) {
                    run.awaitProgress();
                }
                run.restart(hurt);
            }
            report("forgetful, 20 kills", run.finish());
        }
    }

    @Test
    void aCopyThatIsKilledFiveTimesIsMadeInTheEnd() throws Exception {
        Map<String, String> slow = new HashMap<>(FORGETFUL);
        slow.put("catch-up.max-bytes-per-second", "1048576");
        try (ChaosRun run = new ChaosRun(root, 1, data -> Disk.PLAIN, slow)) {
            Machine victim = run.follower();
            victim.kill();
            run.awaitProgress(MISSED);
            for (int i = 0; i < 5; i++) {
                victim.start();
                Await.until(
                        () -> "it copies: " + run.standing(victim),
                        () -> run.standing(victim).contains("copying"));
                victim.kill();
            }
            run.restart(List.of(victim));
            Await.until(
                    () -> "it follows: " + run.standing(victim),
                    () -> run.standing(victim).startsWith("STATE_FOLLOWER"));
            report("a copy killed 5 times", run.finish());
        }
    }

    private static void report(String what, Verdict verdict) {
        System.out.printf("%s: %s%n", what, verdict);
        assertThat(verdict.anomalies()).isEmpty();
        assertThat(verdict.acked()).isPositive();
    }
}
