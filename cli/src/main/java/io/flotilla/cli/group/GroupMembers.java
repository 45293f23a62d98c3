package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.WatchOptions;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla group members}. */
@Command(
        name = "members",
        description = "Show who is in a group, and what each member reads",
        footer = {"", "Example:", "  flotilla group members billing -o wide"})
final class GroupMembers implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    @Mixin
    private final WatchOptions watch = new WatchOptions();

    GroupMembers(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            watch.show(
                    session,
                    () -> GroupRows.members(Requests.ask(
                            "show members of group " + group, connection.admin().group(group))));
        }
    }
}
