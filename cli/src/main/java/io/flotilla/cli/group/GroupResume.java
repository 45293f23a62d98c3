package io.flotilla.cli.group;

import io.flotilla.cli.session.ClientOptions;
import io.flotilla.cli.session.Requests;
import io.flotilla.cli.session.Session;
import io.flotilla.client.FlotillaClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code flotilla group resume}. */
@Command(
        name = "resume",
        description = "End the pause of a group: its members get records again, from where they were",
        footer = {"", "Example:", "  flotilla group resume billing"})
final class GroupResume implements Runnable {
    private final Session session;

    @Parameters(index = "0", paramLabel = "GROUP", description = "Its name")
    private String group = "";

    @Mixin
    private final ClientOptions client = new ClientOptions();

    GroupResume(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        try (FlotillaClient connection = client.connect()) {
            boolean wasPaused =
                    Requests.change("resume group " + group, connection.admin().resumeGroup(group));
            session.say(wasPaused ? "group %s goes on".formatted(group) : "group %s was not paused".formatted(group));
        }
    }
}
