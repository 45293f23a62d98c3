package io.flotilla.cli.profile;

import io.flotilla.cli.session.Session;
import picocli.CommandLine.Command;

/** {@code flotilla profile list}. */
@Command(
        name = "list",
        aliases = "ls",
        description = "List profiles by name",
        footer = {"", "Example:", "  flotilla profile list"})
final class ProfileList implements Runnable {
    private final Session session;

    ProfileList(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        session.show(ProfileRows.list(ProfileFile.of(session.surroundings()).read()));
    }
}
