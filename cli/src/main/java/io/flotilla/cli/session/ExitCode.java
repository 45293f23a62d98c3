package io.flotilla.cli.session;

import io.flotilla.error.FlotillaException;

/** How the process ends: a contract with scripts, shown by {@code --help}. */
public enum ExitCode {
    OK(0, "success, or the condition asked for holds"),
    FAILED(1, "the request failed, or at least one item did, or the outcome is unknown"),
    USAGE(2, "the command line or the configuration is wrong"),
    NOT_FOUND(3, "what was named does not exist"),
    REFUSED(4, "no permission"),
    CONFLICT(5, "exists already, or is not what was expected"),
    UNAVAILABLE(6, "unavailable or timed out; nothing happened, it is safe to try again"),
    EXHAUSTED(7, "a limit or a resource is exhausted"),
    UNHEALTHY(10, "the cluster is not healthy"),
    INTERRUPTED(130, "interrupted");

    private final int code;
    private final String meaning;

    ExitCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    public int code() {
        return code;
    }

    public String meaning() {
        return meaning;
    }

    /** What a request to change something ends with when it fails. */
    public static ExitCode ofChange(FlotillaException error) {
        return error.ambiguous() ? FAILED : ofQuestion(error);
    }

    /** What a question ends with when it fails; it may always be asked again. */
    public static ExitCode ofQuestion(FlotillaException error) {
        return switch (error.code()) {
            case ERROR_CODE_UNKNOWN_TOPIC_OR_PARTITION, ERROR_CODE_NOT_FOUND, ERROR_CODE_OFFSET_OUT_OF_RANGE ->
                NOT_FOUND;
            case ERROR_CODE_ALREADY_EXISTS, ERROR_CODE_TOPIC_ID_MISMATCH, ERROR_CODE_OFFSET_CONFLICT -> CONFLICT;
            case ERROR_CODE_STORAGE_FULL, ERROR_CODE_TOO_MANY_STREAMS -> EXHAUSTED;
            case ERROR_CODE_NOT_LEADER,
                    ERROR_CODE_LEADER_UNAVAILABLE,
                    ERROR_CODE_FENCED_LEADER_EPOCH,
                    ERROR_CODE_UNKNOWN_LEADER_EPOCH,
                    ERROR_CODE_DRAINING,
                    ERROR_CODE_NO_QUORUM,
                    ERROR_CODE_OVERLOADED,
                    ERROR_CODE_TIMED_OUT -> UNAVAILABLE;
            case ERROR_CODE_UNSPECIFIED -> ofStatus(error.statusName());
            default -> FAILED;
        };
    }

    /** For an error without our details: from a proxy, or from a connection that could not be made. */
    private static ExitCode ofStatus(String status) {
        return switch (status) {
            case "UNAVAILABLE", "DEADLINE_EXCEEDED" -> UNAVAILABLE;
            case "PERMISSION_DENIED", "UNAUTHENTICATED" -> REFUSED;
            case "NOT_FOUND" -> NOT_FOUND;
            case "ALREADY_EXISTS" -> CONFLICT;
            case "RESOURCE_EXHAUSTED" -> EXHAUSTED;
            default -> FAILED;
        };
    }
}
