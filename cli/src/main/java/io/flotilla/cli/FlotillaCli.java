package io.flotilla.cli;

import io.flotilla.cli.logging.Logging;
import io.flotilla.cli.session.Session;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.ObjectInputFilter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import picocli.CommandLine;

/** The main class of the one jar. */
public final class FlotillaCli {
    /** Set by the launcher when stdin and stderr are a terminal; Java itself cannot tell. */
    private static final String TERMINAL = "flotilla.terminal";

    private FlotillaCli() {}

    /** Runs one command and exits as {@code ExitCode} says. */
    public static void main(String[] args) {
        refuseSerializedObjects();
        Session session = new Session(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                Boolean.getBoolean(TERMINAL),
                InstantSource.system());
        System.exit(run(session, args));
    }

    /** Runs one command in this process. */
    static int run(Session session, String... args) {
        Failures failures = new Failures(session, args);
        CommandLine parser = Parser.of(session);
        return parser.setExecutionStrategy(parsed -> {
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

    /** Nothing here reads serialized Java objects, and nothing ever should. */
    private static void refuseSerializedObjects() {
        if (ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(info -> ObjectInputFilter.Status.REJECTED);
        }
    }
}
