package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.CreateTopicRequest;
import io.flotilla.v1.Topic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla topic create}. */
@Command(
        name = "create",
        description = "Create a topic and wait until its partitions have leaders",
        footer = {
            "",
            "Example:",
            "  flotilla topic create web --partitions 6 --replication-factor 3 --config segment.bytes=64MiB"
        })
final class TopicCreate implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", description = "Letters, digits, '.', '_' and '-'")
    private String topic = "";

    @Option(names = "--partitions", paramLabel = "N", description = "Default: what the brokers are set to")
    private int partitions;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description = "1, 3 or 5. Default: 3, or fewer with fewer brokers")
    private int replicationFactor;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "KEY=VALUE",
            description = "A setting of the topic, such as segment.bytes=64MiB or segment.ms=1h; may be repeated")
    private Map<String, String> configs = new LinkedHashMap<>();

    @Option(names = "--plan", description = "Check, show what would be created, and create nothing")
    private boolean plan;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    TopicCreate(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        CreateTopicRequest request = CreateTopicRequest.newBuilder()
                .setTopic(Topic.newBuilder()
                        .setName(topic)
                        .setPartitionCount(partitions)
                        .setReplicationFactor(replicationFactor)
                        .putAllConfigs(ConfigValues.plain(configs)))
                .setValidateOnly(plan)
                .setTimeoutMs(Math.toIntExact(client.timeout().toMillis()))
                .build();
        try (FlotillaClient connection = client.connect()) {
            Topic created =
                    Requests.change("create topic " + topic, connection.admin().createTopic(request));
            session.say(plan ? "plan only, nothing was created" : "created topic " + topic);
            session.show(Answer.of("Topic", List.of(ProtoValue.of(created)), TopicRows.table(session.clock())));
        }
    }
}
