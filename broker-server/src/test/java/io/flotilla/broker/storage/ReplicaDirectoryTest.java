package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.raft.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaDirectoryTest {
    private static final ReplicaDescription DESCRIPTION = new ReplicaDescription(
            new PartitionId(TopicId.parse("0f8fad5b-d9cb-469f-a165-708677280000"), 3),
            "orders/3",
            42,
            List.of(new Peer(1, "a", 7401)),
            MemberPhase.MEMBER,
            new SegmentSettings(1 << 20, 3_600_000, 4096));

    @TempDir
    Path root;

    private Path path;
    private ReplicaDirectory replica;

    @BeforeEach
    void name() {
        path = root.resolve("partitions").resolve("here");
        replica = new ReplicaDirectory(path);
    }

    private void writeLog(String bytes) throws IOException {
        Files.writeString(Files.createDirectories(replica.log()).resolve("segment"), bytes);
    }

    @Test
    void isMadeWhenItIsDescribed() throws IOException {
        assertThat(replica.exists()).isFalse();

        replica.describe(DESCRIPTION);

        assertThat(replica.exists()).isTrue();
        assertThat(replica.describe()).isEqualTo(DESCRIPTION);
        assertThat(replica.hasLog()).isFalse();
    }

    @Test
    void keepsItsLogWhenItIsDescribedAnew() throws IOException {
        replica.describe(DESCRIPTION);
        writeLog("records");

        replica.describe(DESCRIPTION.in(MemberPhase.LEAVING));

        assertThat(replica.describe().phase()).isEqualTo(MemberPhase.LEAVING);
        assertThat(replica.hasLog()).isTrue();
        assertThat(replica.log().resolve("segment")).hasContent("records");
    }

    @Test
    void theLogIsSetAsideWholeAndTheDescriptionStays() throws IOException {
        replica.describe(DESCRIPTION);
        writeLog("records");
        Path aside = Files.createDirectory(root.resolve("aside"));

        replica.setLogAside(aside);

        assertThat(aside.resolve("log").resolve("segment")).hasContent("records");
        assertThat(replica.hasLog()).isFalse();
        assertThat(replica.describe()).isEqualTo(DESCRIPTION);
    }

    @Test
    void thereMayBeNoLogToSetAside() throws IOException {
        replica.describe(DESCRIPTION);
        Path aside = Files.createDirectory(root.resolve("aside"));

        replica.setLogAside(aside);

        assertThat(aside).isEmptyDirectory();
    }

    @Test
    void isDeletedWithAllItHolds() throws IOException {
        replica.describe(DESCRIPTION);
        writeLog("records");

        replica.delete();
        replica.delete();

        assertThat(path).doesNotExist();
        assertThat(path.getParent()).isDirectory();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> replica.describe());
    }
}
