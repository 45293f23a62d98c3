package io.flotilla.broker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.partition.ReplicaState;
import io.flotilla.broker.storage.DataDirectory;
import io.flotilla.broker.v1.NodeReport;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TestImages;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnReportTest {
    private static final UUID RUN = new UUID(7, 8);
    private static final PartitionId FIRST = new PartitionId(TestImages.topicId(1), 0);
    private static final PartitionId SECOND = new PartitionId(TestImages.topicId(1), 1);

    @TempDir
    private Path root;

    private final TestReplicas replicas = new TestReplicas();
    private DataDirectory directory;
    private StorageWatch storage;
    private boolean draining;
    private OwnReport own;

    @BeforeEach
    void open() throws Exception {
        directory = DataDirectory.open(root, 1, new UUID(1, 1));
        storage = new StorageWatch(directory, Long.MAX_VALUE);
        own = new OwnReport(1, RUN, replicas.table(), storage, () -> draining);
    }

    @AfterEach
    void close() throws Exception {
        directory.close();
    }

    private static NodeReport.Builder empty() {
        return NodeReport.newBuilder().setNodeId(1).setIncarnation(GroupBytes.encode(RUN));
    }

    private static NodeReport.Lead lead(PartitionId id, long term) {
        return NodeReport.Lead.newBuilder()
                .setGroup(GroupBytes.encode(id.groupId().uuid()))
                .setTerm(term)
                .build();
    }

    @Test
    void namesWhatItLeadsAndNothingElse() {
        replicas.serve(FIRST).leads(1, 3);
        replicas.serve(SECOND).follows(2, 4);

        assertThat(own.get()).isEqualTo(empty().addLeads(lead(FIRST, 3)).build());
    }

    @Test
    void isTheSameInWhateverOrderReplicasCame() {
        replicas.serve(SECOND).leads(1, 3);
        replicas.serve(FIRST).leads(1, 3);

        assertThat(own.get())
                .isEqualTo(empty().addLeads(lead(FIRST, 3))
                        .addLeads(lead(SECOND, 3))
                        .build());
    }

    @Test
    void aReplicaThatDoesNotServeIsATroubleAndLeadsNothing() {
        replicas.serve(FIRST).leads(1, 3);

        replicas.table().change(FIRST, ReplicaState.failed("the disk is gone"));

        assertThat(own.get())
                .isEqualTo(empty().addTroubles(NodeReport.Trouble.newBuilder()
                                .setGroup(GroupBytes.encode(FIRST.groupId().uuid()))
                                .setState("FAILED")
                                .setReason("the disk is gone"))
                        .build());
    }

    @Test
    void saysThatItsDiskIsFullAndThatItDrains() {
        storage.check();
        draining = true;

        assertThat(own.get())
                .isEqualTo(empty().setStorageFull(true).setDraining(true).build());
    }
}
