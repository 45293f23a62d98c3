package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.GetTopicResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic describe}. */
@Command(name = "describe", description = "Show a topic and its partitions as their leaders see them")
final class TopicDescribe implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    TopicDescribe(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            GetTopicResponse found =
                    Requests.ask("describe topic " + topic, connection.admin().topic(topic, true));
            session.show(Answer.of("Topic", List.of(value(found)), TopicRows.card(session.clock())));
        }
    }

    private static Value.Fields value(GetTopicResponse found) {
        Value.Builder fields = new Value.Builder();
        ProtoValue.of(found.getTopic()).values().forEach(fields::and);
        List<Value> partitions =
                found.getPartitionsList().stream().<Value>map(ProtoValue::of).toList();
        return fields.and("partitions", new Value.Items(partitions)).build();
    }
}
