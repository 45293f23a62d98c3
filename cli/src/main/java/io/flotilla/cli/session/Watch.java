package io.flotilla.cli.session;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.OutputFormat;
import java.time.Duration;
import java.util.function.Supplier;

/** A question that is asked until the user has seen enough. A question that cannot be answered is asked again, too. */
final class Watch {
    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[2J";

    private final Session session;
    private final Duration interval;
    private final Pause pause;

    /** Waits. */
    interface Pause {
        void last(long millis) throws InterruptedException;
    }

    Watch(Session session, Duration interval, Pause pause) {
        this.session = session;
        this.interval = interval;
        this.pause = pause;
    }

    /** Returns when interrupted. */
    void run(Supplier<Answer> question) {
        try {
            while (true) {
                show(question);
                pause.last(Math.max(1, interval.toMillis()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void show(Supplier<Answer> question) {
        boolean redraws = session.surroundings().isOutTerminal();
        OutputFormat format = redraws ? session.options().format() : OutputFormat.NDJSON;
        try {
            Answer answer = question.get();
            session.write((redraws ? HOME_AND_CLEAR : "") + answer.in(format));
        } catch (CommandFailure failure) {
            if (failure.problem().exit() != ExitCode.UNAVAILABLE) {
                throw failure; // asking again would not help
            }
            if (format.isMachine()) {
                session.write(Answer.failed(failure.problem().toValue()).in(format));
            }
            failure.problem().lines().forEach(session.err()::println);
        }
    }
}
