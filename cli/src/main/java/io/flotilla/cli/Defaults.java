package io.flotilla.cli;

import io.flotilla.cli.profile.EffectiveSettings;
import io.flotilla.cli.profile.ProfileFile;
import io.flotilla.cli.profile.ProfileKey;
import io.flotilla.cli.profile.Profiles;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Surroundings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Values of options that are not given: from the environment, else from a profile, else what the option itself says. */
final class Defaults implements IDefaultValueProvider {
    private final EffectiveSettings settings;
    private final @Nullable Problem problem;

    private Defaults(EffectiveSettings settings, @Nullable Problem problem) {
        this.settings = settings;
        this.problem = problem;
    }

    /** Looks for the profile's name by itself: it is needed before the command line is parsed. */
    static Defaults of(Surroundings surroundings, String... args) {
        String named = named(args);
        try {
            Profiles profiles = ProfileFile.of(surroundings).read();
            Problem problem = EffectiveSettings.wanted(surroundings, named)
                    .filter(wanted -> profiles.find(wanted).isEmpty())
                    .map(wanted -> Problem.usage(
                            "cannot go by profile " + wanted,
                            "there is no profile of that name",
                            "see which there are: flotilla profile list"))
                    .orElse(null);
            return new Defaults(EffectiveSettings.of(surroundings, profiles, named), problem);
        } catch (CommandFailure unreadable) {
            return new Defaults(EffectiveSettings.of(surroundings, Profiles.NONE, ""), unreadable.problem());
        }
    }

    private static String named(String... args) {
        for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
            if ((args[i].equals("-p") || args[i].equals("--profile")) && i + 1 < args.length) {
                return args[i + 1];
            }
            if (args[i].startsWith("--profile=")) {
                return args[i].substring("--profile=".length());
            }
            if (args[i].startsWith("-p") && args[i].length() > 2) {
                return args[i].substring(2).replaceFirst("^=", "");
            }
        }
        return "";
    }

    /** Why there are no defaults of the profile that was asked for, if so. */
    Optional<Problem> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option && option.longestName().startsWith("--")
                ? ProfileKey.find(option.longestName().substring(2))
                        .flatMap(settings::find)
                        .orElse(null)
                : null;
    }
}
