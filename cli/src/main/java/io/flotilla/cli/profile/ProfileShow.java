package io.flotilla.cli.profile;

import io.flotilla.cli.session.Session;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code flotilla profile show}. */
@Command(
        name = "show",
        description = "Show the settings in effect and where each comes from",
        footer = {"", "Example:", "  flotilla profile show prod -o json"})
final class ProfileShow implements Runnable {
    private final Session session;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "Default: the one that is in use")
    private String name = "";

    ProfileShow(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        Profiles profiles = ProfileFile.of(session.surroundings()).read();
        String named = name.isEmpty() ? session.options().profile() : name;
        EffectiveSettings.wanted(session.surroundings(), named)
                .filter(wanted -> profiles.find(wanted).isEmpty())
                .ifPresent(wanted -> {
                    throw ProfileRows.notFound("cannot show profile " + wanted, wanted);
                });
        session.show(ProfileRows.effective(EffectiveSettings.of(session.surroundings(), profiles, named)));
    }
}
