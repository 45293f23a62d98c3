package io.flotilla.wire;

import io.flotilla.v1.ErrorCode;

/**
 * Bytes that break a rule of the format, and the error code a peer gets to see for it. Has no stack trace: hostile
 * input must stay cheap to refuse.
 */
public final class FormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public FormatException(ErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }
}
