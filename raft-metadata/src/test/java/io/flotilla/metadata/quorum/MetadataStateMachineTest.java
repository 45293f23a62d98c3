package io.flotilla.metadata.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flotilla.metadata.BrokerCommand.RegisterBroker;
import io.flotilla.metadata.ClusterCommand.CreateCluster;
import io.flotilla.metadata.MetadataCodec;
import io.flotilla.metadata.MetadataCommand;
import io.flotilla.metadata.MetadataDelta;
import io.flotilla.metadata.MetadataImage;
import io.flotilla.metadata.MetadataResult;
import io.flotilla.metadata.TestImages;
import io.flotilla.metadata.UnreadableMetadataException;
import io.flotilla.raft.MemoryMachine;
import io.flotilla.raft.TermIndex;
import io.flotilla.raft.UntrustedLogException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataStateMachineTest {
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final MemoryMachine mark = new MemoryMachine();

    @TempDir
    private Path directory;

    private MetadataStateMachine machine;

    @BeforeEach
    void open() {
        machine = machine();
    }

    private MetadataStateMachine machine() {
        return new MetadataStateMachine(
                new SnapshotFile(directory.resolve("snapshot")), () -> mark, () -> {}, () -> {}, failure::set);
    }

    private void apply(long index, MetadataCommand command) {
        machine.apply(new TermIndex(1, index), MetadataCodec.encode(command));
    }

    @Test
    void aCommandChangesTheImageAndGivesItTheIndexAsVersion() {
        apply(4, new CreateCluster("c", 1));

        assertThat(machine.image().clusterId()).isEqualTo("c");
        assertThat(machine.image().version()).isEqualTo(4);
        assertThat(machine.resultAt(4)).isInstanceOf(MetadataResult.Applied.class);
    }

    @Test
    void aRefusedCommandMovesTheVersionAndNothingElse() {
        apply(4, new CreateCluster("c", 1));
        apply(5, new CreateCluster("other", 1));

        assertThat(machine.image().clusterId()).isEqualTo("c");
        assertThat(machine.image().version()).isEqualTo(5);
        assertThat(machine.resultAt(5)).isInstanceOf(MetadataResult.Refused.class);
    }

    @Test
    void anEntryThatConcernsOnlyRaftMovesTheVersion() {
        machine.applied(new TermIndex(1, 9));

        assertThat(machine.image().version()).isEqualTo(9);
    }

    @Test
    void listenersHearEachChangeInOrder() {
        List<MetadataDelta> heard = new ArrayList<>();
        machine.listen(heard::add);

        apply(1, new CreateCluster("c", 1));
        apply(2, new RegisterBroker(TestImages.broker(1, "")));

        assertThat(heard).extracting(d -> d.after().version()).containsExactly(1L, 2L);
        assertThat(heard.get(1).before()).isEqualTo(heard.get(0).after());
        assertThat(heard.get(0).clusterChanged()).isTrue();
    }

    @Test
    void whoWaitsForAnIndexIsReleasedWhenItIsReached() {
        CompletableFuture<Void> three = machine.reached(3);
        CompletableFuture<Void> two = machine.reached(2);

        machine.applied(new TermIndex(1, 2));
        assertThat(two).isCompleted();
        assertThat(three).isNotDone();

        machine.applied(new TermIndex(1, 5));
        assertThat(three).isCompleted();
        assertThat(machine.reached(4)).isCompleted();
    }

    @Test
    void oneWaiterThatGivesUpDoesNotRobTheOthers() {
        CompletableFuture<Void> impatient = machine.reached(3);
        CompletableFuture<Void> patient = machine.reached(3);

        impatient.cancel(false);
        machine.applied(new TermIndex(1, 3));

        assertThat(patient).isCompleted();
    }

    @Test
    void whoWaitsWhenTheMemberFailsIsToldAndSoIsWhoComesLater() {
        CompletableFuture<Void> before = machine.reached(3);
        IllegalStateException cause = new IllegalStateException("disk is gone");

        machine.failed(cause);

        assertThat(failure.get()).isSameAs(cause);
        assertThatThrownBy(before::join).hasRootCause(cause);
        assertThatThrownBy(() -> machine.reached(3).join()).hasRootCause(cause);
    }

    @Test
    void resultsOfCommandsLongAgoAreForgotten() {
        apply(1, new CreateCluster("c", 1));
        apply(2, new CreateCluster("c", 1));
        apply(10_001, new CreateCluster("c", 1));

        assertThat(machine.resultAt(1)).isInstanceOf(MetadataResult.Applied.class);
        apply(10_002, new CreateCluster("c", 1));

        assertThat(machine.resultAt(1)).isNull();
        assertThat(machine.resultAt(2)).isInstanceOf(MetadataResult.Refused.class);
    }

    @Test
    void aCommandNobodyCanReadIsNotSkipped() {
        assertThatThrownBy(() -> machine.apply(new TermIndex(1, 1), new byte[] {(byte) 0xFF}))
                .isInstanceOf(UnreadableMetadataException.class);
        assertThat(machine.image()).isEqualTo(MetadataImage.EMPTY);
    }

    @Test
    void goesOnFromItsSnapshot() throws Exception {
        apply(3, new CreateCluster("c", 1));
        assertThat(machine.snapshot(10)).isEqualTo(TermIndex.NONE);
        apply(4, new RegisterBroker(TestImages.broker(1, "")));
        MetadataStateMachine again = machine();
        assertThat(again.startsAfter()).isEqualTo(TermIndex.NONE);

        again.recover();

        assertThat(again.startsAfter()).isEqualTo(new TermIndex(1, 3));
        assertThat(again.image().hasCluster()).isTrue();
        assertThat(again.image().version()).isEqualTo(3);
        assertThat(again.image().brokers().all()).isEmpty();
    }

    @Test
    void whatTheSnapshotBeforeHoldsMayBeForgotten() throws Exception {
        apply(3, new CreateCluster("c", 1));
        assertThat(machine.snapshot(10)).isEqualTo(TermIndex.NONE);
        apply(4, new RegisterBroker(TestImages.broker(1, "")));

        assertThat(machine.snapshot(10)).isEqualTo(new TermIndex(1, 3));
    }

    @Test
    void tellsListenersWhatASnapshotChanges() throws Exception {
        apply(3, new CreateCluster("c", 1));
        machine.snapshot(10);
        MetadataStateMachine again = machine();
        List<MetadataDelta> deltas = new ArrayList<>();
        again.listen(deltas::add);
        CompletableFuture<Void> reached = again.reached(2);

        again.recover();

        assertThat(deltas)
                .singleElement()
                .satisfies(delta -> assertThat(delta.after().hasCluster()).isTrue());
        assertThat(reached).isCompleted();
    }

    @Test
    void keepsWhatIsNewerThanItsSnapshot() throws Exception {
        apply(3, new CreateCluster("c", 1));
        machine.snapshot(10);
        apply(4, new RegisterBroker(TestImages.broker(1, "")));

        machine.recover();

        assertThat(machine.startsAfter()).isEqualTo(new TermIndex(1, 4));
        MetadataStateMachine again = machine();
        again.recover();
        assertThat(again.image()).isEqualTo(machine.image());
    }

    @Test
    void aDamagedSnapshotIsNotTrusted() throws Exception {
        apply(3, new CreateCluster("c", 1));
        machine.snapshot(10);
        Path file = directory.resolve("snapshot");
        byte[] whole = Files.readAllBytes(file);
        for (int at = 0; at < whole.length; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            Files.write(file, damaged);
            assertThatThrownBy(machine()::recover)
                    .as("byte %d", at)
                    .isInstanceOf(UntrustedLogException.class)
                    .hasMessageContaining(file.toString());
        }
        Files.write(file, Arrays.copyOf(whole, 10));
        assertThatThrownBy(machine()::recover).isInstanceOf(UntrustedLogException.class);
    }
}
