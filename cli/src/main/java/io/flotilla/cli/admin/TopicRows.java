package io.flotilla.cli.admin;

import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.output.Value;
import java.time.InstantSource;

/** Topics in tables. */
final class TopicRows {
    private static final Column NAME = Column.of("NAME", "name");
    private static final Column PARTITIONS = Column.of("PARTITIONS", "partitionCount");
    private static final Column REPLICATION = Column.of("REPLICATION", "replicationFactor");
    private static final Column CONFIGS = Column.of("CONFIGS", TopicRows::configs);

    private TopicRows() {}

    static Table table(InstantSource clock) {
        return new Table(
                NAME,
                PARTITIONS,
                REPLICATION,
                Cells.age("createTime", clock),
                CONFIGS.wide(),
                Column.of("ID", "topicId").wide());
    }

    /** One topic without its partitions. */
    static Card summary(InstantSource clock) {
        return new Card(NAME, PARTITIONS, REPLICATION, Cells.age("createTime", clock), CONFIGS);
    }

    static Card card(InstantSource clock) {
        return new Card(
                        NAME,
                        PARTITIONS,
                        REPLICATION,
                        Cells.age("createTime", clock),
                        CONFIGS,
                        Column.of("ID", "topicId"))
                .withParts("partitions", PartitionRows.OF_TOPIC);
    }

    private static String configs(Value.Fields topic) {
        return topic.values().get("configs") instanceof Value.Fields configs
                ? String.join(
                        " ",
                        configs.values().entrySet().stream()
                                .map(e -> e.getKey() + "=" + e.getValue().asText())
                                .toList())
                : "";
    }
}
