package io.flotilla.cli.profile;

import picocli.CommandLine.Command;

/** {@code flotilla profile}. */
@Command(
        name = "profile",
        description =
                "Settings of this command under a name: create, use, list, show, delete. An option counts more than"
                        + " an environment variable, that more than the profile, and that more than the default",
        subcommands = {ProfileCreate.class, ProfileUse.class, ProfileList.class, ProfileShow.class, ProfileDelete.class
        },
        footer = {"", "Example:", "  flotilla profile use prod"})
public final class ProfileCommand {}
