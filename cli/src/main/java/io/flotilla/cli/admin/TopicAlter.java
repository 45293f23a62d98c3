package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Topic;
import io.flotilla.v1.UpdateTopicRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic alter}. */
@Command(
        name = "alter",
        description = "Change settings of a topic; every broker goes by them at once",
        footer = {
            "",
            "Example:",
            "  flotilla topic alter web --set max.message.bytes=2MiB --set segment.ms=1h --unset segment.bytes"
        })
final class TopicAlter implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Its name")
    private String topic = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A new value, such as segment.ms=1h; may be repeated")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--unset",
            paramLabel = "KEY",
            description = "A setting that goes back to the cluster's default; may be repeated")
    private List<String> unset = new ArrayList<>();

    @Option(names = "--plan", description = "Check, show what the topic would be, and change nothing")
    private boolean plan;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    TopicAlter(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        if (set.isEmpty() && unset.isEmpty()) {
            throw new CommandFailure(Problem.usage(
                    "cannot alter topic " + topic, "there is nothing to change", "add --set KEY=VALUE or --unset KEY"));
        }
        UpdateTopicRequest request = UpdateTopicRequest.newBuilder()
                .setName(topic)
                .putAllSetConfigs(ConfigValues.plain(set))
                .addAllUnsetConfigs(unset)
                .setValidateOnly(plan)
                .build();
        try (FlotillaClient connection = client.connect()) {
            Topic changed =
                    Requests.change("alter topic " + topic, connection.admin().updateTopic(request));
            session.say(plan ? "plan only, nothing was changed" : "altered topic " + topic);
            session.show(Answer.of("Topic", List.of(ProtoValue.of(changed)), TopicRows.summary(session.clock())));
        }
    }
}
