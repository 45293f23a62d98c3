package io.flotilla.broker.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import io.flotilla.raft.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    private static final UUID FIRST = UUID.fromString("0f8fad5b-d9cb-469f-a165-708677285d1b");
    private static final UUID SECOND = UUID.fromString("7c9e6679-7425-40de-944b-e07fc1f90ae7");
    private static final TopicId OLD_TOPIC = TopicId.parse("0f8fad5b-d9cb-469f-a165-708677280000");
    private static final TopicId NEW_TOPIC = TopicId.parse("7c9e6679-7425-40de-944b-e07fc1f90000");

    @TempDir
    Path temporary;

    private Path root;

    @BeforeEach
    void name() {
        root = temporary.resolve("var").resolve("data");
    }

    private DataDirectory open() throws Exception {
        return DataDirectory.open(root, 7, FIRST);
    }

    private Path identityFile() {
        return root.resolve("node.properties");
    }

    private static ReplicaDescription description(TopicId topic, int partition) {
        return new ReplicaDescription(
                new PartitionId(topic, partition),
                "orders/" + partition,
                42,
                List.of(new Peer(7, "a", 7401)),
                MemberPhase.MEMBER,
                new SegmentSettings(1 << 20, 3_600_000, 4096));
    }

    @Test
    void aNewDirectoryBelongsToTheBrokerThatMadeItAndToNoClusterYet() throws Exception {
        try (DataDirectory directory = open()) {
            assertThat(directory.identity())
                    .isEqualTo(new NodeIdentity(7, FIRST, NodeIdentity.NO_CLUSTER, List.of(), MemberPhase.NEW));
            assertThat(directory.raft()).isEmptyDirectory();
            assertThat(directory.metadataMark().getParent()).isEmptyDirectory();
            assertThat(directory.replicas()).isEmpty();
        }
    }

    @Test
    void keepsItsIdentityWhenItIsOpenedAgain() throws Exception {
        List<Peer> voters = List.of(new Peer(1, "::1", 7401), new Peer(7, "b", 7401));
        try (DataDirectory directory = open()) {
            directory.update(identity -> identity.with("bright-otter", voters).in(MemberPhase.MEMBER));
        }

        try (DataDirectory again = DataDirectory.open(root, 7, SECOND)) {
            assertThat(again.identity())
                    .isEqualTo(new NodeIdentity(7, FIRST, "bright-otter", voters, MemberPhase.MEMBER));
        }
    }

    @Test
    void anIdentityThatCannotBeWrittenIsNotTaken() throws Exception {
        try (DataDirectory directory = open()) {
            NodeIdentity before = directory.identity();
            Files.createDirectory(root.resolve("node.properties.next"));

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> directory.update(identity -> identity.in(MemberPhase.MEMBER)));

            assertThat(directory.identity()).isEqualTo(before);
        }
    }

    @Test
    void changesMadeAtTheSameTimeAreBothKept() throws Exception {
        int rounds = 100;
        CyclicBarrier together = new CyclicBarrier(2);
        try (DataDirectory directory = open()) {
            CompletableFuture<Void> phases = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < rounds; i++) {
                    MemberPhase phase = i % 2 == 0 ? MemberPhase.JOINING : MemberPhase.MEMBER;
                    change(directory, together, identity -> identity.in(phase));
                    assertThat(directory.identity().metadataPhase()).isEqualTo(phase);
                }
            });
            for (int i = 0; i < rounds; i++) {
                String cluster = "cluster-" + i;
                change(directory, together, identity -> identity.with(cluster, identity.metadataVoters()));
                assertThat(directory.identity().clusterId()).isEqualTo(cluster);
            }
            phases.join();
        }
    }

    private static void change(DataDirectory directory, CyclicBarrier together, UnaryOperator<NodeIdentity> change) {
        try {
            together.await(1, TimeUnit.MINUTES);
            directory.update(change);
            together.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isOpenedByOneAtATime() throws Exception {
        try (DataDirectory directory = open()) {
            assertThatExceptionOfType(UnusableDirectoryException.class)
                    .isThrownBy(this::open)
                    .withMessageContaining(root.toString())
                    .withMessageContaining("in use");
            assertThat(directory.root()).isDirectory();
        }
        open().close();
    }

    @Test
    void isFreeAgainAfterItWasRefused() throws Exception {
        open().close();
        assertThatExceptionOfType(UnusableDirectoryException.class)
                .isThrownBy(() -> DataDirectory.open(root, 8, SECOND))
                .withMessageContaining("belongs to broker 7, not 8");

        open().close();
    }

    @Test
    void isNotMadeBelowAFile() throws Exception {
        Files.writeString(temporary.resolve("var"), "a file");

        assertThatExceptionOfType(UnusableDirectoryException.class)
                .isThrownBy(this::open)
                .withMessageContaining(root.toString())
                .withMessageContaining("cannot be made");
    }

    @Test
    void aDirectoryOfALaterReleaseIsRefused() throws Exception {
        open().close();
        Files.writeString(identityFile(), Files.readString(identityFile()).replace("format=1", "format=2"));

        assertThatExceptionOfType(UnusableDirectoryException.class)
                .isThrownBy(this::open)
                .withMessageContaining("format is 2; this release reads format 1");
    }

    @Test
    void anIdentityThatIsCutShortIsRefusedWhereverItIsCut() throws Exception {
        NodeIdentity whole;
        try (DataDirectory directory = open()) {
            directory.update(identity -> identity.with("bright-otter", List.of(new Peer(7, "a", 7401))));
            whole = directory.identity();
        }
        String text = Files.readString(identityFile());

        for (int length = 0; length < text.length() - 1; length++) {
            String cut = text.substring(0, length);
            Files.writeString(identityFile(), cut);
            assertThatExceptionOfType(UnusableDirectoryException.class)
                    .describedAs("cut after %d bytes", length)
                    .isThrownBy(this::open)
                    .withMessageContaining("node.properties is damaged");
            assertThat(identityFile()).hasContent(cut);
        }
        Files.writeString(identityFile(), text);
        try (DataDirectory directory = open()) {
            assertThat(directory.identity()).isEqualTo(whole);
        }
    }

    @Test
    void listsTheReplicasThatHaveFiles() throws Exception {
        try (DataDirectory directory = open()) {
            for (ReplicaDescription each :
                    List.of(description(OLD_TOPIC, 1), description(NEW_TOPIC, 0), description(OLD_TOPIC, 0))) {
                directory.replica(each.id()).describe(each);
            }
            directory.replica(new PartitionId(OLD_TOPIC, 2)); // has none

            assertThat(directory.replicas())
                    .containsExactly(description(OLD_TOPIC, 0), description(OLD_TOPIC, 1), description(NEW_TOPIC, 0));
        }
    }

    @Test
    void leavesAloneWhatIsNoReplica() throws Exception {
        try (DataDirectory directory = open()) {
            Path partitions = root.resolve("partitions");
            Files.writeString(partitions.resolve("a-file"), "kept");
            Files.createDirectory(partitions.resolve("empty"));
            Path damaged = Files.createDirectory(partitions.resolve("damaged")).resolve("replica.properties");
            Files.writeString(damaged, "partition=1\n");
            Path binary = Files.createDirectory(partitions.resolve("binary")).resolve("replica.properties");
            Files.write(binary, new byte[] {'a', '=', (byte) 0xC3, (byte) 0x28});
            directory.replica(new PartitionId(OLD_TOPIC, 1)).describe(description(OLD_TOPIC, 1));

            List<ReplicaDescription> replicas = directory.replicas();

            assertThat(replicas).containsExactly(description(OLD_TOPIC, 1));
            assertThat(partitions.resolve("a-file")).hasContent("kept");
            assertThat(partitions.resolve("empty")).isDirectory();
            assertThat(damaged).hasContent("partition=1\n");
            assertThat(binary).exists();
        }
    }

    @Test
    void filesOfADeletedTopicAreNotThoseOfALaterOneWithItsName() throws Exception {
        try (DataDirectory directory = open()) {
            ReplicaDirectory old = directory.replica(new PartitionId(OLD_TOPIC, 0));
            old.describe(description(OLD_TOPIC, 0));
            Files.createDirectory(old.log());

            ReplicaDirectory later = directory.replica(new PartitionId(NEW_TOPIC, 0));

            assertThat(later.exists()).isFalse();
            assertThat(later.hasLog()).isFalse();
        }
    }

    @Test
    void replicasCanBeLookedAtWhileABrokerRuns() throws Exception {
        try (DataDirectory directory = open()) {
            directory.replica(new PartitionId(OLD_TOPIC, 0)).describe(description(OLD_TOPIC, 0));
            Files.createDirectory(root.resolve("partitions").resolve("empty"));

            List<ReplicaDirectory> found = DataDirectory.replicasBelow(root);

            assertThat(found).hasSize(1);
            assertThat(found.get(0).describe()).isEqualTo(description(OLD_TOPIC, 0));
        }
    }

    @Test
    void whatIsSetAsideAtTheSameMomentHasPlacesOfItsOwn() throws Exception {
        try (DataDirectory directory = open()) {
            Path first = directory.quarantine("metadata", () -> Instant.ofEpochMilli(1000));
            Files.writeString(first.resolve("file"), "evidence");

            Path second = directory.quarantine("metadata", () -> Instant.ofEpochMilli(1000));

            assertThat(first).isEqualTo(root.resolve("quarantine").resolve("metadata-1000"));
            assertThat(second).isEmptyDirectory().isNotEqualTo(first).hasParent(root.resolve("quarantine"));
            assertThat(first.resolve("file")).hasContent("evidence");
        }
    }

    @Test
    void aFirstStartThatWasKilledIsRepeated() throws Exception {
        Files.createDirectories(root);
        Files.writeString(root.resolve("node.properties.next"), "cluster.id=\ndirectory");

        open().close();

        assertThat(identityFile()).exists();
    }

    @Test
    void theRootOfAFileSystemIsAnEmptyDirectory() throws Exception {
        Files.createDirectories(root.resolve("lost+found"));

        open().close();

        assertThat(identityFile()).exists();
    }

    @Test
    void anIdentityThatIsNoTextIsDamaged() throws Exception {
        open().close();
        Files.write(identityFile(), new byte[] {'a', '=', (byte) 0xff, '\n'});

        assertThatExceptionOfType(UnusableDirectoryException.class)
                .isThrownBy(this::open)
                .withMessageContaining("node.properties")
                .withMessageContaining("damaged");
    }

    @Test
    void aCopyOfAReplicaIsNoReplica() throws Exception {
        try (DataDirectory directory = open()) {
            directory.replica(new PartitionId(OLD_TOPIC, 0)).describe(description(OLD_TOPIC, 0));
            Path replica = root.resolve("partitions").resolve(OLD_TOPIC + "-0");
            Path copy = Files.createDirectory(root.resolve("partitions").resolve(OLD_TOPIC + "-0.bak"));
            Files.copy(replica.resolve("replica.properties"), copy.resolve("replica.properties"));

            assertThat(directory.replicas()).containsExactly(description(OLD_TOPIC, 0));
        }
    }
}
