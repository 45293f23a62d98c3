package io.flotilla.cli.session;

import io.flotilla.cli.output.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.Stack;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code --watch}, of commands that ask and show. Set by the parser, then read. */
public final class WatchOptions {
    private static final String DEFAULT = "2s";

    @Option(
            names = "--watch",
            arity = "0..1",
            preprocessor = OnlyAttached.class,
            paramLabel = "TIME",
            description = "Ask again and again, every 2s or so often: redrawn on a terminal, as ndjson otherwise")
    private @Nullable Duration interval;

    /** Leaves an argument behind {@code --watch} alone: it is the name of something. */
    static final class OnlyAttached implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            if (!"=".equals(info.get("separator"))) {
                args.push(DEFAULT);
            }
            return false;
        }
    }

    boolean isWanted() {
        return interval != null;
    }

    /** Shows the answer, once or until interrupted. */
    public void show(Session session, Supplier<Answer> question) {
        if (interval == null) {
            session.show(question.get());
        } else {
            new Watch(session, interval, Thread::sleep).run(question);
        }
    }
}
