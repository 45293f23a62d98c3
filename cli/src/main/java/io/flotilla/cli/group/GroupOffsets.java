package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla group offsets}. */
@Command(
        name = "offsets",
        description = "Show the positions a group has committed, and the logs they are in",
        footer = {"", "Example:", "  flotilla group offsets billing -o json"})
final class GroupOffsets implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    GroupOffsets(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> GroupRows.positions(Requests.ask(
                            "show offsets of group " + group, connection.admin().group(group))));
        }
    }
}
