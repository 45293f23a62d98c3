package io.flotilla.broker.storage;

/** The data directory cannot be used by this node; the message says why and what to do. */
public final class UnusableDirectoryException extends Exception {
    private static final long serialVersionUID = 1;

    public UnusableDirectoryException(String message) {
        super(message);
    }

    public UnusableDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
