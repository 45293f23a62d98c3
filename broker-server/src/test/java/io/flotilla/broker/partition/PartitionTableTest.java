package io.flotilla.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.flotilla.broker.config.ProduceConfig;
import io.flotilla.broker.partition.PartitionTable.Replica;
import io.flotilla.log.Log;
import io.flotilla.metadata.PartitionId;
import io.flotilla.metadata.TopicId;
import java.time.InstantSource;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionTableTest {
    private static final TopicId TOPIC = TopicId.parse("0f8fad5b-d9cb-469f-a165-708677280000");
    private static final PartitionId ID = new PartitionId(TOPIC, 3);

    private final Partition partition;
    private int changes;
    private final PartitionTable table = new PartitionTable(() -> changes++);

    PartitionTableTest() throws Exception {
        Log log = new MemoryLog().open();
        partition = new Partition(
                ID,
                log,
                MemoryLog.producers(log),
                ProduceConfig.DEFAULT,
                1 << 20,
                InstantSource.system(),
                new NoEvents());
    }

    private static final class NoEvents implements Partition.Events {
        @Override
        public void leadershipChanged(Partition partition) {}

        @Override
        public void behind(Partition partition) {}

        @Override
        public void failed(Partition partition, Throwable cause) {}
    }

    private static Replica opening() {
        return new Replica(ID, "orders/3", ReplicaState.OPENING, null);
    }

    @Test
    void aReplicaServesWhenItIsOpenAndSaysSo() {
        table.put(opening());
        assertThat(table.serving(ID)).isEmpty();
        table.opened(ID, partition);
        assertThat(table.serving(ID)).isEmpty();
        table.change(ID, ReplicaState.SERVING);

        assertThat(table.serving(ID)).containsSame(partition);
        assertThat(table.find(ID)).contains(new Replica(ID, "orders/3", ReplicaState.SERVING, partition));
    }

    @Test
    void aReplicaThatIsClosedKeepsItsState() {
        table.put(new Replica(ID, "orders/3", ReplicaState.failed("disk"), partition));

        table.closed(ID);

        assertThat(table.find(ID)).contains(new Replica(ID, "orders/3", ReplicaState.failed("disk"), null));
    }

    @ParameterizedTest
    @EnumSource(value = ReplicaState.Kind.class, mode = EnumSource.Mode.EXCLUDE, names = "SERVING")
    void doesNotServeInAnyOtherStateThoughItIsOpen(ReplicaState.Kind kind) {
        table.put(new Replica(ID, "orders/3", new ReplicaState(kind, "why"), partition));

        assertThat(table.serving(ID)).isEmpty();
        assertThat(table.find(ID).orElseThrow().partition()).isSameAs(partition);
    }

    @Test
    void aReplicaThatIsNotOpenDoesNotServeWhateverItSays() {
        table.put(opening());

        table.change(ID, ReplicaState.SERVING);

        assertThat(table.serving(ID)).isEmpty();
    }

    @Test
    void aReplicaThatIsGoneIsNotBroughtBack() {
        table.put(opening());
        table.remove(ID);

        table.opened(ID, partition);
        table.closed(ID);
        table.change(ID, ReplicaState.failed("disk"));

        assertThat(table.find(ID)).isEmpty();
        assertThat(table.all()).isEmpty();
    }

    @Test
    void tellsOfChangesWhenTheyCanBeSeen() {
        table.put(opening());
        assertThat(changes).isEqualTo(1);
        table.change(ID, ReplicaState.failed("disk"));
        assertThat(changes).isEqualTo(2);
        table.remove(ID);
        assertThat(changes).isEqualTo(3);
    }

    @Test
    void whatWasListedStaysAsItWas() {
        table.put(opening());
        Collection<Replica> before = table.all();

        table.change(ID, ReplicaState.SERVING);
        table.put(new Replica(new PartitionId(TOPIC, 4), "orders/4", ReplicaState.OPENING, null));

        assertThat(before).containsExactly(opening());
        assertThat(table.all()).hasSize(2);
    }
}
