package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.AddPartitionsRequest;
import io.flotilla.v1.Topic;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic add-partitions}. */
@Command(
        name = "add-partitions",
        description =
                "Give a topic more partitions. They cannot be taken away, and most keys belong to other partitions"
                        + " from then on: records of one key from before and after are not read in order",
        footer = {"", "Example:", "  flotilla topic add-partitions web --to 12 --plan"})
final class TopicAddPartitions implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @Option(names = "--to", paramLabel = "N", required = true, description = "How many there are to be in all")
    private int to;

    @Option(names = "--plan", description = "Check, show what the topic would be, and change nothing")
    private boolean plan;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    TopicAddPartitions(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        AddPartitionsRequest request = AddPartitionsRequest.newBuilder()
                .setTopic(topic)
                .setPartitionCount(to)
                .setValidateOnly(plan)
                .setTimeoutMs(Math.toIntExact(client.timeout().toMillis()))
                .build();
        try (FlotillaClient connection = client.connect()) {
            Topic changed = Requests.change(
                    "add partitions to topic " + topic, connection.admin().addPartitions(request));
            session.say(
                    "warning: with %d partitions most keys belong to other ones; their older records stay where they are"
                            .formatted(changed.getPartitionCount()));
            session.say(plan ? "plan only, nothing was changed" : "added partitions to topic " + topic);
            session.show(Answer.of("Topic", List.of(ProtoValue.of(changed)), TopicRows.table(session.clock())));
        }
    }
}
