package io.flotilla.cli.admin;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.ProtoValue;
import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.Broker;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flotilla broker list}. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List brokers by id, also those that are down",
        footer = {"", "Example:", "  flotilla broker list -o wide"})
final class BrokerList implements Runnable {
    private final Session session;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    BrokerList(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> answer(Requests.ask("list brokers", connection.admin().brokers()), session.clock()));
        }
    }

    static Answer answer(List<Broker> brokers, InstantSource clock) {
        return Answer.of("BrokerList", brokers.stream().map(ProtoValue::of).toList(), BrokerRows.table(clock));
    }
}
