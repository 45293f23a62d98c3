package io.flotilla.cli;

import io.flotilla.cli.logging.Logging;
import io.flotilla.cli.profile.ProfileCommand;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.ObjectInputFilter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParseResult;

/** The main class of the one jar. */
public final class FlotillaCli {
    /** Set by the launcher when stdin and stderr are a terminal; Java itself cannot tell. */
    private static final String TERMINAL = "flotilla.terminal";

    /** The same for stdout. */
    private static final String OUT_TERMINAL = "flotilla.terminal.out";

    private FlotillaCli() {}

    /** Runs one command and exits as {@code ExitCode} says. */
    public static void main(String[] args) {
        refuseSerializedObjects();
        Session session = new Session(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Boolean.getBoolean(TERMINAL),
                InstantSource.system(),
                new Surroundings(Boolean.getBoolean(OUT_TERMINAL), System.getenv()));
        System.exit(run(session, args));
    }

    /** Runs one command in this process. */
    static int run(Session session, String... args) {
        Failures failures = new Failures(session, args);
        Defaults defaults = Defaults.of(session.surroundings(), args);
        CommandLine parser = Parser.of(session, defaults, args);
        return parser.setExecutionStrategy(parsed -> {
                    if (!isAboutProfiles(parsed)) {
                        defaults.problem().ifPresent(problem -> {
                            throw new ExecutionException(parser, problem.what(), new CommandFailure(problem));
                        });
                    }
                    if (session.options().trace()) {
                        Logging.verbose();
                    } else {
                        Logging.silent();
                    }
                    parser.setColorScheme(Parser.colors(session.options().colorless()));
                    return new CommandLine.RunLast().execute(parsed);
                })
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .execute(args);
    }

    /** These must work if the profile does not. */
    private static boolean isAboutProfiles(ParseResult parsed) {
        return parsed.hasSubcommand() && parsed.subcommand().commandSpec().userObject() instanceof ProfileCommand;
    }

    /** Nothing here reads serialized Java objects, and nothing ever should. */
    private static void refuseSerializedObjects() {
        if (ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(info -> ObjectInputFilter.Status.REJECTED);
        }
    }
}
