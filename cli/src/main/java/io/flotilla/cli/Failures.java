package io.flotilla.cli;

import io.flotilla.cli.output.Answer;
import io.flotilla.cli.output.OutputFormat;
import io.flotilla.cli.session.CommandFailure;
import io.flotilla.cli.session.ExitCode;
import io.flotilla.cli.session.Problem;
import io.flotilla.cli.session.Session;
import io.flotilla.cli.text.Words;
import io.flotilla.error.FlotillaException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells people and programs why a command failed, and what the process exits with. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private final Session session;
    private final List<String> args;

    Failures(Session session, String... args) {
        this.session = session;
        this.args = List.of(args);
    }

    @Override
    public int handleParseException(ParameterException failure, String[] ignored) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        List<String> suggestions =
                failure instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
        return report(
                Problem.usage(
                        "cannot understand the command line",
                        Words.reason(failure).replace("\n", " "),
                        suggestions.isEmpty()
                                ? command + " --help shows what is possible"
                                : "did you mean: " + String.join(", ", suggestions) + "?"),
                false);
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        if (session.options().trace()) {
            failure.printStackTrace(session.err());
        }
        if (failure instanceof CommandFailure known) {
            return report(known.problem(), known.isReported());
        }
        if (failure instanceof FlotillaException refused) {
            return report(Problem.ofChange("cannot " + name(command), refused), false);
        }
        if (isBrokenPipe(failure)) {
            return ExitCode.OK.code(); // the reader has seen enough
        }
        if (failure instanceof InterruptedException) {
            return ExitCode.INTERRUPTED.code();
        }
        return report(
                new Problem(
                        ExitCode.FAILED,
                        "%s failed".formatted(command.getCommandSpec().qualifiedName()),
                        failure.getClass().getSimpleName() + ": " + Words.reason(failure),
                        "try it with -v to see where; if that is no help, it may be a bug",
                        "INTERNAL"),
                false);
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName().replaceFirst("^flotilla ", "");
    }

    private static boolean isBrokenPipe(Exception failure) {
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : failure;
        return cause instanceof IOException && "Broken pipe".equals(cause.getMessage());
    }

    private int report(Problem problem, boolean isReported) {
        OutputFormat format = format();
        if (format.isMachine() && !isReported) {
            session.write(Answer.failed(problem.toValue()).in(format));
        }
        Ansi ansi = session.options().colorless() ? Ansi.OFF : Ansi.AUTO;
        session.err().print(ansi.string("@|bold,red error:|@ "));
        problem.lines().forEach(session.err()::println);
        return problem.exit().code();
    }

    /** What was asked for, even if the command line was not understood. */
    private OutputFormat format() {
        int flag = Math.max(args.indexOf("-o"), args.indexOf("--output"));
        if (flag < 0 || flag + 1 == args.size()) {
            return session.options().format();
        }
        String wanted = args.get(flag + 1);
        return Arrays.stream(OutputFormat.values())
                .filter(format -> format.name().equalsIgnoreCase(wanted))
                .findFirst()
                .orElse(OutputFormat.TABLE);
    }
}
