package io.flotilla.cli.session;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Asks before data is destroyed. */
public final class Confirmation {
    private Confirmation() {}

    /**
     * Returns if a person on a terminal types the name.
     *
     * @param what is to be done, to go after "cannot": {@code delete topic web}
     * @param kind of the thing: {@code topic}
     * @throws CommandFailure if the name is another, or there is nobody to ask
     */
    public static void require(Session session, String what, String kind, String name) {
        if (!session.isInteractive()) {
            throw new CommandFailure(Problem.usage(
                    "cannot " + what, "it destroys data, and there is nobody to ask", "add --yes to do it"));
        }
        session.err().print("type the name of the %s to go on: ".formatted(kind));
        session.err().flush();
        if (!name.equals(answer(session))) {
            throw new CommandFailure(Problem.usage(
                    "cannot " + what, "that is not its name", "nothing was done; type the name, or add --yes"));
        }
    }

    private static String answer(Session session) {
        try {
            String line = new BufferedReader(new InputStreamReader(session.in(), StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
