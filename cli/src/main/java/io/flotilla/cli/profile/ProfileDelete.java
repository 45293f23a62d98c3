package io.flotilla.cli.profile;

import io.flotilla.cli.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code flotilla profile delete}. */
@Command(
        name = "delete",
        aliases = "rm",
        description = "Delete a profile",
        footer = {"", "Example:", "  flotilla profile delete prod"})
final class ProfileDelete implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "NAME", description = "Its name")
    private String name = "";

    ProfileDelete(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        ProfileFile file = ProfileFile.of(session.surroundings());
        Profiles profiles = file.read();
        if (profiles.find(name).isEmpty()) {
            throw ProfileRows.notFound("cannot delete profile " + name, name);
        }
        file.write(profiles.without(name));
        session.say("deleted profile " + name);
    }
}
