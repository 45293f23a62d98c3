package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.DeleteTopicRequest;
import io.flotilla.v1.Topic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic delete}: shows what would go, and does it once that was confirmed. */
@Command(name = "delete", aliases = "rm", description = "Delete a topic and all its records")
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
                confirm(what);
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

    private void confirm(String what) {
        if (!session.isInteractive()) {
            throw new CommandFailure(Problem.usage(
                    "cannot " + what, "it destroys data, and there is nobody to ask", "add --yes to do it"));
        }
        session.err().print("type the name of the topic to go on: ");
        session.err().flush();
        if (!topic.equals(answer())) {
            throw new CommandFailure(Problem.usage(
                    "cannot " + what, "that is not its name", "nothing was deleted; type the name, or add --yes"));
        }
    }

    private String answer() {
        try {
            String line = new BufferedReader(new InputStreamReader(session.in(), StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
