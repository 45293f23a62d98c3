package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Confirmation;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.Topic;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic delete}: shows what would go, and does it once that was confirmed. */
@Command(
        name = "delete",
        aliases = "rm",
        description = "Delete a topic and all its records",
        footer = {"", "Example:", "  flotilla topic delete web --yes"})
final class TopicDelete implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @Option(names = "--yes", description = "Do not ask")
    private boolean yes;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    TopicDelete(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        String what = "delete topic " + topic;
        try (FlotillaClient connection = client.connect()) {
            Topic found =
                    Requests.ask(what, connection.admin().topic(topic, false)).getTopic();
            session.say("deletes topic %s with its %d partitions and all their records"
                    .formatted(topic, found.getPartitionCount()));
            if (!yes) {
                Confirmation.require(session, what, "topic", topic);
            }
            Requests.change(
                    what,
                    connection
                            .admin()
                            .deleteTopic(DeleteTopicRequest.newBuilder()
                                    .setName(topic)
                                    .setTopicId(found.getTopicId())
                                    .build()));
            session.say("deleted topic " + topic);
            if (session.options().format().isMachine()) {
                session.show(Answer.of("Topic", List.of(ProtoValue.of(found)), TopicRows.table(session.clock())));
            }
        }
    }
}
