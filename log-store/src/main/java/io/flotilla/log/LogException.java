package io.flotilla.log;

/** Why a log cannot do what it was asked. */
public abstract sealed class LogException extends Exception
        permits CompactionStoppedException,
                CorruptBatchException,
                CorruptLogException,
                InvalidFramesException,
                LogClosedException,
                LogFailedException,
                LogReadException,
                OffsetOutOfRangeException {
    private static final long serialVersionUID = 1;

    LogException(String message) {
        super(message);
    }

    LogException(String message, Throwable cause) {
        super(message, cause);
    }
}
