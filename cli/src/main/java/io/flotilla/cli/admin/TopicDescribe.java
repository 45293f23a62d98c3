package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.GetTopicResponse;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic describe}. */
@Command(
        name = "describe",
        description = "Show a topic and its partitions as their leaders see them",
        footer = {"", "Example:", "  flotilla topic describe web --watch"})
final class TopicDescribe implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    TopicDescribe(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> answer(
                            Requests.ask(
                                    "describe topic " + topic,
                                    connection.admin().topic(topic, true)),
                            session.clock()));
        }
    }

    static Answer answer(GetTopicResponse found, InstantSource clock) {
        return Answer.of("Topic", List.of(value(found)), TopicRows.card(clock));
    }

    private static Value.Fields value(GetTopicResponse found) {
        Value.Builder fields = new Value.Builder();
        ProtoValue.of(found.getTopic()).values().forEach(fields::and);
        List<Value> partitions =
                found.getPartitionsList().stream().<Value>map(ProtoValue::of).toList();
        return fields.and("partitions", new Value.Items(partitions)).build();
    }
}
