package io.flotilla.cli.session;

import org.jspecify.annotations.Nullable;

/** Ends a command; the root says why, in the form the user asked for. */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Problem problem;
    private final boolean isReported;

    private CommandFailure(Problem problem, @Nullable Throwable cause, boolean isReported) {
        super(problem.what(), cause);
        this.problem = problem;
        this.isReported = isReported;
    }

    public CommandFailure(Problem problem) {
        this(problem, null, false);
    }

    public CommandFailure(Problem problem, Throwable cause) {
        this(problem, cause, false);
    }

    /** A failure that is already part of what the command wrote to stdout; only people still have to be told. */
    public static CommandFailure reported(Problem problem) {
        return new CommandFailure(problem, null, true);
    }

    public Problem problem() {
        return problem;
    }

    /** True when programs have been told. */
    public boolean isReported() {
        return isReported;
    }
}
