package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.Value;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.Admin;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Topic;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla partition list}. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List partitions of one topic, or of all",
        footer = {"", "Example:", "  flotilla partition list web --unhealthy"})
final class PartitionList implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "Default: all topics")
    private String topic = "";

    @Option(names = "--unhealthy", description = "Only those without a leader or with a replica that does not work")
    private boolean unhealthy;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    PartitionList(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> answer(names(connection.admin()).stream()
                            .flatMap(name -> partitions(connection.admin(), name))
                            .toList()));
        }
    }

    static Answer answer(List<Value.Fields> partitions) {
        return Answer.of("PartitionList", partitions, PartitionRows.OF_ALL);
    }

    private List<String> names(Admin admin) {
        return topic.isEmpty()
                ? Requests.ask("list topics", admin.topics()).stream()
                        .map(Topic::getName)
                        .toList()
                : List.of(topic);
    }

    private Stream<Value.Fields> partitions(Admin admin, String name) {
        return Requests.ask("describe topic " + name, admin.topic(name, true)).getPartitionsList().stream()
                .filter(partition -> !unhealthy || !PartitionRows.isHealthy(partition))
                .map(partition -> PartitionRows.value(name, partition));
    }
}
