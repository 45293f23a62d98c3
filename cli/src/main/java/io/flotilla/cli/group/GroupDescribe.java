package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla group describe}. */
@Command(
        name = "describe",
        description = "Show a group: its state, and how far it is in each partition",
        footer = {"", "Example:", "  flotilla group describe billing"})
final class GroupDescribe implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    GroupDescribe(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> GroupRows.card(Requests.ask(
                            "describe group " + group, connection.admin().group(group))));
        }
    }
}
