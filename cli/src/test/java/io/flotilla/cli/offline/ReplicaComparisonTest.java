package io.flotilla.cli.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.log.Log;
import io.flotilla.log.LogConfig;
import io.flotilla.log.LogException;
import io.flotilla.log.LogMetrics;
import io.flotilla.log.LogStore;
import io.flotilla.log.TailCache;
import io.flotilla.log.io.NioDisk;
import io.flotilla.record.BatchFrame;
import io.flotilla.record.FrameHeader;
import io.flotilla.v1.TimestampType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaComparisonTest {
    @TempDir
    private Path root;

    private interface Change {
        void make(Log log) throws Exception;
    }

    /** A replica with one batch of two records for each body. */
    private CheckedLog replica(String name, LogConfig config, Change change, String... bodies) throws Exception {
        Path directory = root.resolve(name);
        TailCache cache = new TailCache(0);
        LogStore store =
                new LogStore(new NioDisk(), cache, new LogMetrics(new SimpleMeterRegistry(), cache), System::nanoTime);
        try (Log log = store.open(directory, config)) {
            for (int i = 0; i < bodies.length; i++) {
                log.append(i, 1, frame(i, bodies[i]));
                log.flush();
            }
            change.make(log);
        }
        return new CheckedLog(
                new ReplicaLog(root, "orders", "orders/0", directory),
                store.inspect(directory).verify());
    }

    private static byte[] frame(int number, String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        byte[] frame = new byte[FrameHeader.BYTES + body.length];
        FrameHeader header = new FrameHeader(
                2L * number, 2L * number + 2, number, 1, 1000, 1000, TimestampType.TIMESTAMP_TYPE_UNSPECIFIED);
        BatchFrame.write(header, body, 0, body.length, frame, 0);
        return frame;
    }

    private static final Change NONE = log -> {};

    private static void lose(Log log) throws LogException {
        log.trimTo(5);
        log.reclaim(Long.MAX_VALUE);
    }

    @Test
    void replicasThatStartElsewhereOrAreDividedElsewhereAreTheSame() throws Exception {
        LogConfig small = LogConfig.DEFAULT.withSegmentBytes(100);
        CheckedLog whole = replica("whole", LogConfig.DEFAULT, NONE, "a", "b", "c", "d");
        CheckedLog hidden = replica("hidden", LogConfig.DEFAULT, log -> log.trimTo(3), "a", "b", "c", "d");
        CheckedLog divided = replica("divided", small, ReplicaComparisonTest::lose, "a", "b", "c", "d");

        assertThat(new ReplicaComparison(List.of(whole, hidden)).differences()).isEmpty();
        assertThat(new ReplicaComparison(List.of(hidden, whole, divided)).differences())
                .isEmpty();
    }

    @Test
    void saysWhichBatchDiffers() throws Exception {
        CheckedLog one = replica("one", LogConfig.DEFAULT, log -> log.trimTo(1), "a", "b", "c");
        CheckedLog other = replica("other", LogConfig.DEFAULT, NONE, "a", "b", "x");

        assertThat(new ReplicaComparison(List.of(one, other)).differences())
                .singleElement()
                .satisfies(difference -> assertThat(difference.text("message")).contains("the batch with offset 5"));
    }
}
