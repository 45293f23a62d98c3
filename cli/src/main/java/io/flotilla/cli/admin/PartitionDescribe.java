package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Card;
import io.flotilla.cli.output.Column;
import io.flotilla.cli.output.Table;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import io.flotilla.client.TopicPartition;
import io.flotilla.v1.PartitionDescription;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla partition describe}. */
@Command(
        name = "describe",
        description = "Show one partition and its replicas",
        footer = {"", "Example:", "  flotilla partition describe web/3"})
final class PartitionDescribe implements Runnable {
    private static final Card CARD = new Card(
                    Column.of("PARTITION", item -> item.text("topic") + "/" + item.text("partition")),
                    PartitionRows.LEADER,
                    PartitionRows.TERM,
                    PartitionRows.LOG_START,
                    PartitionRows.HIGH_WATERMARK,
                    PartitionRows.LOG_END,
                    PartitionRows.SIZE,
                    Column.of("TROUBLE", "error.message"))
            .withParts(
                    "replicas",
                    new Table(
                            Column.of("BROKER", "brokerId"),
                            Cells.state("STATE", "state"),
                            Column.of("RAFT-INDEX", "matchIndex"),
                            Column.of("LAG", "lagEntries"),
                            Column.of("LAST-CONTACT-MS", "lastContactMs"),
                            Cells.size("SIZE", "sizeBytes"),
                            Column.of("REASON", "reason")));

    private final Session session;

    @Parameters(paramLabel = "TOPIC/PARTITION", description = "Such as orders/3")
    private TopicPartition partition = new TopicPartition("", 0);

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    PartitionDescribe(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> answer(
                            partition.topic(),
                            Requests.ask(
                                    "describe partition " + partition,
                                    connection.admin().partition(partition))));
        }
    }

    static Answer answer(String topic, PartitionDescription found) {
        return Answer.of("Partition", List.of(PartitionRows.value(topic, found)), CARD);
    }
}
