package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Confirmation;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import io.flotilla.v1.GroupDescription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flotilla group delete}: shows what would go, and does it once that was confirmed. */
@Command(
        name = "delete",
        aliases = "rm",
        description = "Delete a group that has no members, with its positions",
        footer = {"", "Example:", "  flotilla group delete billing --yes"})
final class GroupDelete implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Option(names = "--yes", description = "Do not ask; needed where there is no terminal")
    private boolean yes;

    @Mixin
    private final ClientOptions client = new ClientOptions();

    GroupDelete(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        String what = "delete group " + group;
        try (FlotillaClient connection = client.connect()) {
            GroupDescription found = Requests.ask(what, connection.admin().group(group));
            session.say("deletes group %s with its positions in %d partitions"
                    .formatted(group, found.getPartitionsCount()));
            if (!yes) {
                Confirmation.require(session, what, "group", group);
            }
            Requests.change(what, connection.admin().deleteGroup(group));
            session.say("deleted group " + group);
            if (session.options().format().isMachine()) {
                session.show(GroupRows.card(found));
            }
        }
    }
}
