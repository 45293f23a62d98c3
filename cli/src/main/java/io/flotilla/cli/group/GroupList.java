package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code flotilla group list}. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List groups by name",
        footer = {"", "Example:", "  flotilla group list"})
final class GroupList implements Runnable {
    private final Session session;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    GroupList(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> GroupRows.list(
                            Requests.ask("list groups", connection.admin().groups())));
        }
    }
}
