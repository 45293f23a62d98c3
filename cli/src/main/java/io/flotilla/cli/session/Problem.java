package io.flotilla.cli.session;

import io.flotilla.cli.output.Value;
import io.flotilla.error.ErrorTable;
import io.flotilla.error.FlotillaException;
import io.flotilla.v1.ErrorCode;
import java.util.List;

/**
 * Why a command did not do what it was asked to, in three lines.
 *
 * @param what failed
 * @param why it did
 * @param todo what to do about it
 * @param code stable, for programs: a code of the public API, or one of this command's own
 */
public record Problem(ExitCode exit, String what, String why, String todo, String code) {
    /** A wrong command line. */
    public static Problem usage(String what, String why, String todo) {
        return new Problem(ExitCode.USAGE, what, why, todo, "USAGE");
    }

    /** A refused or failed request to change something. */
    public static Problem ofChange(String what, FlotillaException error) {
        return of(what, error, ExitCode.ofChange(error), error.ambiguous());
    }

    /** A refused or failed question. */
    public static Problem ofQuestion(String what, FlotillaException error) {
        return of(what, error, ExitCode.ofQuestion(error), false);
    }

    private static Problem of(String what, FlotillaException error, ExitCode exit, boolean isUnknown) {
        String code = ErrorTable.name(error.code());
        boolean isBare = error.code() == ErrorCode.ERROR_CODE_UNSPECIFIED;
        String why = isBare
                ? error.description() + rootCause(error)
                : "%s%s: %s"
                        .formatted(
                                code.equals(error.statusName()) ? code : error.statusName() + " " + code,
                                isUnknown ? " (outcome unknown)" : "",
                                error.description());
        String todo = isUnknown ? "look whether it happened before you try again" : advice(error, exit);
        return new Problem(exit, what, why, todo, isBare ? error.statusName() : code);
    }

    /** Without our details, only the connection's own error says which address did not answer. */
    private static String rootCause(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? "" : " (" + root.getMessage() + ")";
    }

    private static String advice(FlotillaException error, ExitCode exit) {
        return switch (exit) {
            case NOT_FOUND ->
                error.code() == ErrorCode.ERROR_CODE_OFFSET_OUT_OF_RANGE
                        ? "see which offsets there are: flotilla topic describe TOPIC"
                        : "see what there is: flotilla topic list, flotilla broker list";
            case CONFLICT -> "see what is there: flotilla topic describe TOPIC";
            case UNAVAILABLE -> "check -b and that the brokers run, then try again: flotilla cluster health";
            case EXHAUSTED -> "make room, then try again: flotilla cluster health";
            case REFUSED -> "ask whoever runs the cluster for access";
            default -> "change the request; flotilla COMMAND --help says what is possible";
        };
    }

    public List<String> lines() {
        return List.of(what, "  why:  " + why, "  next: " + todo);
    }

    /** For machine formats. */
    public Value.Fields toValue() {
        return Value.Fields.with("code", code)
                .and("exitCode", exit.code())
                .and("message", what)
                .and("reason", why)
                .and("nextStep", todo)
                .build();
    }
}
