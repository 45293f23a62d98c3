package io.flotilla.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.history.Verdict;
import io.flotilla.cli.process.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks fill to the end and are freed; nothing that was acknowledged is lost, and no broker is started again. */
@Tag("chaos")
class DiskFullIT {
    private static final int MIB = 200;
    private static final Map<String, String> SETTINGS =
            Map.of("storage.min-free-bytes", Integer.toString(16 << 20), "leadership.balance-interval", "1s");

    @TempDir
    Path root;

    private final List<SmallDisk> disks = new ArrayList<>();

    @Test
    void promisesHoldWhenOneTwoAndThreeDisksFill() throws Exception {
        try (ChaosRun run = new ChaosRun(root, 2, this::disk, SETTINGS)) {
            for (int full = 1; full <= disks.size(); full++) {
                for (long left : new long[] {8 << 20, 0}) { // within what is kept free, and to the end
                    List<SmallDisk> hurt = disks.subList(0, full);
                    hurt.forEach(disk -> disk.fill(left));
                    if (full == 1) {
                        run.awaitProgress();
                    } else {
                        run.awaitStandstill();
                    }
                    hurt.forEach(SmallDisk::free);
                    run.awaitProgress();
                    Await.until(run::standings, () -> run.machines().stream().noneMatch(run::isInTrouble));
                }
            }
            Verdict verdict = run.finish();
            System.out.printf("disks full: %s%n", verdict);
            assertThat(verdict.anomalies()).isEmpty();
            assertThat(verdict.acked()).isPositive();
        }
    }

    private Disk disk(Path data) {
        SmallDisk disk = SmallDisk.make(data, MIB);
        disks.add(disk);
        return disk;
    }
}
