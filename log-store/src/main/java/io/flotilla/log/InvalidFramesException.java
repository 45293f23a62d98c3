package io.flotilla.log;

/** An append was refused because its frames are malformed or do not continue the log. Nothing was changed. */
public final class InvalidFramesException extends LogException {
    private static final long serialVersionUID = 1;

    InvalidFramesException(long raftIndex, int at, String reason) {
        super("frames of raft index %d refused at byte %d: %s".formatted(raftIndex, at, reason));
    }
}
