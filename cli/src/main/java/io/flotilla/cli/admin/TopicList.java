package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Topic;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flotilla topic list}. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List topics by name",
        footer = {"", "Example:", "  flotilla topic list -o name"})
final class TopicList implements Runnable {
    private final Session session;

    @Option(names = "--internal", description = "Also the topics that the cluster keeps for itself")
    private boolean internal;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    TopicList(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(session, () -> {
                List<Topic> topics =
                        Requests.ask("list topics", connection.admin().topics());
                return answer(
                        topics.stream()
                                .filter(topic -> internal || !topic.getInternal())
                                .toList(),
                        session.clock());
            });
        }
    }

    static Answer answer(List<Topic> topics, InstantSource clock) {
        return Answer.of("TopicList", topics.stream().map(ProtoValue::of).toList(), TopicRows.table(clock));
    }
}
