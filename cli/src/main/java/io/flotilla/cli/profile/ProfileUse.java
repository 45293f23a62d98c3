package io.flotilla.cli.profile;

import io.flotilla.cli.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code flotilla profile use}. */
@Command(
        name = "use",
        description = "Go by a profile from now on",
        footer = {"", "Example:", "  flotilla profile use prod"})
final class ProfileUse implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "NAME", description = "Its name")
    private String name = "";

    ProfileUse(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        ProfileFile file = ProfileFile.of(session.surroundings());
        Profiles profiles = file.read();
        if (profiles.find(name).isEmpty()) {
            throw ProfileRows.notFound("cannot use profile " + name, name);
        }
        Profiles after = profiles.using(name);
        file.write(after);
        session.say("profile %s is used from now on".formatted(name));
        session.show(ProfileRows.one(after, name));
    }
}
