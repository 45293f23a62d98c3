package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla group lag}. */
@Command(
        name = "lag",
        description = "Show how far a group is behind, in records and in time",
        footer = {"", "Example:", "  flotilla group lag billing --watch"})
final class GroupLag implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    GroupLag(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> GroupRows.lag(Requests.ask(
                            "show lag of group " + group, connection.admin().group(group))));
        }
    }
}
