package io.flotilla.cli.admin;

import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import io.flotilla.v1.PartitionDescription;
import io.flotilla.v1.PartitionDescription.Replica;
import io.flotilla.v1.PartitionDescription.State;
import java.util.List;
import java.util.Set;

/** Partitions as values and in tables. */
final class PartitionRows {
    static final Column LEADER = Column.of("LEADER", item -> Cells.broker(item, "leaderId"));
    static final Column TERM = Column.of("TERM", "leaderEpoch");
    static final Column LOG_START = Column.of("LOG-START", "logStartOffset");
    static final Column HIGH_WATERMARK = Column.of("HIGH-WATERMARK", "highWatermark");
    static final Column LOG_END = Column.of("LOG-END", "logEndOffset");
    static final Column SIZE = Cells.size("SIZE", "sizeBytes");
    static final Column REPLICAS = Column.of("REPLICAS", PartitionRows::replicas);

    /** For partitions of one topic. */
    static final Table OF_TOPIC = new Table(
            Column.of("PARTITION", "partition"),
            LEADER,
            TERM,
            LOG_START,
            HIGH_WATERMARK,
            LOG_END.wide(),
            SIZE,
            REPLICAS);

    /** For partitions of several topics. */
    static final Table OF_ALL = new Table(
            Column.of("PARTITION", item -> item.text("topic") + "/" + item.text("partition")),
            LEADER,
            TERM,
            LOG_START,
            HIGH_WATERMARK,
            LOG_END.wide(),
            SIZE,
            REPLICAS);

    private static final Set<State> GOOD = Set.of(State.STATE_LEADER, State.STATE_FOLLOWER);

    private PartitionRows() {}

    static Value.Fields value(String topic, PartitionDescription partition) {
        Value.Builder fields = Value.Fields.with("topic", topic);
        ProtoValue.of(partition).values().forEach(fields::and);
        return fields.build();
    }

    static boolean isHealthy(PartitionDescription partition) {
        return partition.getLeaderId() >= 0
                && !partition.hasError()
                && partition.getReplicasList().stream().map(Replica::getState).allMatch(GOOD::contains);
    }

    /** {@code 1,2,3(offline)}: in order of preference, with the state of those that do not work. */
    private static String replicas(Value.Fields partition) {
        List<String> replicas = partition.objects("replicas").stream()
                .map(replica -> replica.text("brokerId") + trouble(replica.text("state")))
                .toList();
        return String.join(",", replicas);
    }

    private static String trouble(String state) {
        boolean isGood = GOOD.stream().map(State::name).anyMatch(state::equals);
        return isGood ? "" : "(" + Cells.word(state) + ")";
    }
}
