package io.flotilla.cli;

import io.flotilla.cli.session.Session;
import io.flotilla.cli.session.Surroundings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;

/**
 * What a command did, run in this process with nobody to ask.
 *
 * @param outBytes for what is not text
 */
public record Run(int exit, ByteArrayOutputStream outBytes, String err) {
    public static Run of(String... args) {
        return withInput("", args);
    }

    public static Run withInput(String input, String... args) {
        return withInput(input.getBytes(StandardCharsets.UTF_8), args);
    }

    /** With variables of the environment. */
    public static Run in(Map<String, String> environment, String... args) {
        return run(new byte[0], new Surroundings(false, environment), args);
    }

    public static Run withInput(byte[] input, String... args) {
        return run(input, Surroundings.NONE, args);
    }

    private static Run run(byte[] input, Surroundings surroundings, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Session session = new Session(
                new ByteArrayInputStream(input),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                InstantSource.system(),
                surroundings);
        int exit = FlotillaCli.run(session, args);
        return new Run(exit, out, err.toString(StandardCharsets.UTF_8));
    }

    public String out() {
        return outBytes.toString(StandardCharsets.UTF_8);
    }
}
