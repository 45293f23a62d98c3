package io.flotilla.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.raft.RaftConfig;
import io.flotilla.raft.RaftMetrics;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.apache.ratis.util.AwaitForSignal;
import org.apache.ratis.util.FileUtils;
import org.apache.ratis.util.IOUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RatisPatchesTest {
    @TempDir
    Path directory;

    @BeforeAll
    static void patch() {
        Metrics.addRegistry(new SimpleMeterRegistry());
        RatisPatches.apply();
    }

    @Test
    void allPatchesAreInPlace() {
        RatisPatches.verify();
    }

    @Test
    void aFileReplacedAtomicallyIsForcedIntoItsDirectory() throws IOException {
        double before = RaftMetrics.DIRECTORY_FORCES.count();

        try (AtomicFileOutputStream out =
                new AtomicFileOutputStream(directory.resolve("raft-meta").toFile())) {
            out.write(1);
        }

        assertThat(RaftMetrics.DIRECTORY_FORCES.count()).isGreaterThan(before);
    }

    @Test
    void aDeletedFileIsForcedOutOfItsDirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("log"));
        double before = RaftMetrics.DIRECTORY_FORCES.count();

        FileUtils.deleteFile(file.toFile());

        assertThat(file).doesNotExist();
        assertThat(RaftMetrics.DIRECTORY_FORCES.count()).isGreaterThan(before);
    }

    @Test
    void aNewDirectoryIsForcedIntoItsParents() throws IOException {
        double before = RaftMetrics.DIRECTORY_FORCES.count();

        FileUtils.createDirectories(directory.resolve("group").resolve("current"));

        assertThat(RaftMetrics.DIRECTORY_FORCES.count() - before).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aNewLogFileIsForcedIntoItsDirectoryAndOneThatIsExtendedNeedNot() throws Throwable {
        Class<?> channel = Class.forName("org.apache.ratis.server.raftlog.segmented.BufferedWriteChannel");
        MethodHandle open = MethodHandles.privateLookupIn(channel, MethodHandles.lookup())
                .findStatic(
                        channel, "open", MethodType.methodType(channel, File.class, boolean.class, ByteBuffer.class));
        File log = directory.resolve("log_inprogress_0").toFile();
        double before = RaftMetrics.DIRECTORY_FORCES.count();

        Closeable made = (Closeable) open.invoke(log, false, ByteBuffer.allocateDirect(8));
        made.close();
        double forNewFile = RaftMetrics.DIRECTORY_FORCES.count();
        Closeable extended = (Closeable) open.invoke(log, true, ByteBuffer.allocateDirect(8));
        extended.close();

        assertThat(forNewFile - before).isEqualTo(1);
        assertThat(RaftMetrics.DIRECTORY_FORCES.count()).isEqualTo(forNewFile);
    }

    @Test
    void aSignalThatComesBeforeTheWaitIsNotLost() throws InterruptedException {
        AwaitForSignal signal = new AwaitForSignal("test");
        signal.signal();

        boolean woken = signal.await(1, TimeUnit.MINUTES);

        assertThat(woken).isTrue();
    }

    @Test
    void aSignalIsTakenOnce() throws InterruptedException {
        AwaitForSignal signal = new AwaitForSignal("test");
        signal.signal();
        signal.signal();
        signal.await();

        boolean wokenAgain = signal.await(1, TimeUnit.MILLISECONDS);

        assertThat(wokenAgain).isFalse();
    }

    @Test
    void objectsFromPeersAreNotDeserialized() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject("harmless");
        }

        assertThatThrownBy(() -> IOUtils.readObject(new ByteArrayInputStream(bytes.toByteArray()), Object.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not deserialized");
    }

    @ParameterizedTest
    @CsvSource({
        "raft.server.log.unsafe-flush.enabled, true",
        "raft.server.log.async-flush.enabled, true",
        "raft.server.log.statemachine.data.sync, false",
        "raft.server.log.append-entries.compose.enabled, true",
        "raft.server.read.leader.lease.enabled, true"
    })
    void settingsThatBreakThePromiseDoNotStart(String key, String value) {
        RaftConfig config = RaftConfig.in(directory).tuned(Map.of(key, value));

        assertThatThrownBy(() -> RatisNode.start(1, config, 1, id -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(key);
    }
}
