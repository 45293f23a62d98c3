package io.flotilla.cli.session;

import io.flotilla.cli.output.Answer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/**
 * One run of the command: where it reads and writes, and the options that count everywhere. Data goes to {@link #out()},
 * everything else to stderr. Used by one thread.
 */
public final class Session {
    private static final int OUT_BYTES = 64 << 10;

    private final InputStream in;
    private final OutputStream out;
    private final PrintStream err;
    private final boolean isInteractive;
    private final InstantSource clock;
    private final Surroundings surroundings;
    private final GlobalOptions options = new GlobalOptions();

    /** A run without surroundings that reads and writes there. */
    public Session(InputStream in, OutputStream out, PrintStream err, boolean isInteractive, InstantSource clock) {
        this(in, out, err, isInteractive, clock, Surroundings.NONE);
    }

    /**
     * A run that reads and writes there.
     *
     * @param isInteractive a person can be asked
     */
    public Session(
            InputStream in,
            OutputStream out,
            PrintStream err,
            boolean isInteractive,
            InstantSource clock,
            Surroundings surroundings) {
        this.in = in;
        this.out = new BufferedOutputStream(out, OUT_BYTES);
        this.err = err;
        this.isInteractive = isInteractive;
        this.clock = clock;
        this.surroundings = surroundings;
    }

    public InputStream in() {
        return in;
    }

    /** Buffered; flushed when the command ends, or by the command itself. */
    public OutputStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    public boolean isInteractive() {
        return isInteractive;
    }

    public InstantSource clock() {
        return clock;
    }

    public Surroundings surroundings() {
        return surroundings;
    }

    /** Whether a person sees {@link #out()} in colour and as it comes. */
    public boolean mayColor() {
        return surroundings.isOutTerminal()
                && !options.colorless()
                && surroundings.variable("NO_COLOR").isEmpty();
    }

    public GlobalOptions options() {
        return options;
    }

    /** Shows an answer in the form asked for. */
    public void show(Answer answer) {
        write(answer.in(options.format()));
    }

    /** Writes data. */
    public void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells a person how things go, unless they want it quiet. */
    public void say(String text) {
        if (!options.quiet()) {
            err.println(text);
        }
    }
}
